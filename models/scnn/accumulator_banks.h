#pragma once
// The two accumulator buffers of a PE (scnn_facts.md 2.1): one accumulates, the other drains. A cell holds the exact
// sum of an output, so that wrapping to the accumulator's width and counting overflows are exact at the read (shared.md
// 3); additions modulo 2^bits commute with that.
//
// A cell is a double that only ever holds integers. Products of 16-bit operands are below 2^30 and no output of a layer
// adds 2^23 of them (checked by fits()), so every sum stays below 2^53 and is exact; and doubles multiply and add side
// by side in the vector registers of every machine.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/scnn/geometry.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

// The non-zero weights of one block in the form that accumulates fastest: one by one, or, where the output channels of
// a group fill vector registers well enough, kernel taps with their output channels side by side.
class WeightOperands {
  public:
    void assign(std::span<const WeightEntry> entries, int channel_stride);

    struct Single {
        std::int32_t cell;
        float value;
    };
    // kChannelLanes neighbouring output channels of one tap. A 16-bit weight is exact in a float, half the size of a
    // sum.
    struct Row {
        std::array<float, kChannelLanes> values;
        std::int32_t cell;
    };
    const std::vector<Single>& singles() const { return singles_; }
    const std::vector<Row>& rows() const { return rows_; }

  private:
    std::vector<Single> singles_;
    std::vector<Row> rows_;
};

class AccumulatorBanks {
  public:
    static bool fits(const ConvolutionShape& shape) {
        constexpr std::int64_t kMostProducts = 1 << 23;
        return std::int64_t(shape.C / shape.groups) * shape.KH * shape.KW < kMostProducts;
    }

    void resize(std::size_t cells) {
        for (auto& buffer : buffers_) {
            buffer.assign(cells, 0.0);
        }
    }
    void clear(int buffer) {
        std::fill(buffers_[std::size_t(buffer)].begin(), buffers_[std::size_t(buffer)].end(), 0.0);
    }

    void add(int buffer, std::size_t cell, std::int64_t product) {
        buffers_[std::size_t(buffer)][cell] += double(product);
    }

    // The Cartesian product of a block: every activation with every weight. cells[i] + the weight's cell is the
    // address.
    void accumulate(int buffer, std::span<const std::int16_t> values, std::span<const std::int32_t> cells,
                    const WeightOperands& weights);

    std::int64_t read(int buffer, std::size_t cell) const { return std::int64_t(buffers_[std::size_t(buffer)][cell]); }

  private:
    std::array<AlignedVector<double>, 2> buffers_;
};

}  // namespace nonzero::scnn
