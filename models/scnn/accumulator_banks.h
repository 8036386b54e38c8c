#pragma once
// The two accumulator buffers of a PE (scnn_facts.md 2.1): one accumulates, the other drains. A cell holds the exact
// sum of an output, so that wrapping to the accumulator's width and counting overflows are exact at the read (shared.md
// 3); additions modulo 2^bits commute with that.
//
// A buffer begins with cells of 32 bits and keeps a bound on what any of them can hold. Before the bound passes 32 bits
// the cells become doubles that only ever hold integers: products of 16-bit operands are at most 2^30 and no output of
// a layer adds 2^23 of them (checked by fits()), so every sum stays below 2^53 and is exact; and doubles multiply and
// add side by side in the vector registers of every machine.

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
// a group fill vector registers, kernel taps with their output channels side by side.
class WeightOperands {
  public:
    void assign(std::span<const WeightEntry> entries, int channel_stride);

    struct Single {
        std::int32_t cell;
        std::int32_t value;
    };
    // kChannelLanes neighbouring output channels of one tap.
    struct Row {
        std::array<std::int32_t, kChannelLanes> values;
        std::int32_t cell;
    };
    const std::vector<Single>& singles() const { return singles_; }
    const std::vector<Row>& rows() const { return rows_; }
    // No output gets more than this from an activation of 1 at each of its taps.
    std::int64_t largest_sum() const { return largest_sum_; }

  private:
    std::vector<Single> singles_;
    std::vector<Row> rows_;
    std::int64_t largest_sum_ = 0;
};

// The non-zero activations of one block.
struct ActivationOperands {
    std::span<const std::int16_t> values;
    std::span<const std::int32_t> cells;  // to which a weight's are added
    std::int32_t largest;                 // none is larger in size
};

class AccumulatorBanks {
  public:
    static bool fits(const ConvolutionShape& shape) {
        constexpr std::int64_t kMostProducts = 1 << 23;
        return std::int64_t(shape.C / shape.groups) * shape.KH * shape.KW < kMostProducts;
    }

    void resize(std::size_t cells);
    void clear(int buffer);

    void add(int buffer, std::size_t cell, std::int64_t product);

    // The Cartesian product of a block: every activation with every weight.
    void accumulate(int buffer, const ActivationOperands& activations, const WeightOperands& weights);

    std::int64_t read(int buffer, std::size_t cell) const {
        const Buffer& from = buffers_[std::size_t(buffer)];
        return from.is_wide ? std::int64_t(from.wide[cell]) : from.narrow[cell];
    }

  private:
    struct Buffer {
        AlignedVector<std::int32_t> narrow;
        AlignedVector<double> wide;  // empty before the first widening
        bool is_wide = false;
        std::int64_t bound = 0;  // on the size of every sum, while narrow
    };
    // Widens the buffer where sums that grow by this much may not fit.
    static void make_room(Buffer& buffer, std::int64_t growth);

    std::array<Buffer, 2> buffers_;
};

}  // namespace nonzero::scnn
