#pragma once
// The two accumulator buffers of a PE (SCNN card 2.1): one accumulates, the other drains. A cell holds the exact sum of
// an output, so that wrapping to the accumulator's width and counting overflows are exact at the read (design section
// 6); additions modulo 2^bits commute with that.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace nonzero::scnn {

struct WeightOperand {
    std::int32_t cell;
    std::int32_t value;
};

class AccumulatorBanks {
  public:
    void resize(std::size_t cells) {
        for (auto& buffer : buffers_) {
            buffer.assign(cells, 0);
        }
    }
    void clear(int buffer) { std::fill(buffers_[std::size_t(buffer)].begin(), buffers_[std::size_t(buffer)].end(), 0); }

    // The Cartesian product of a block: every activation with every weight. cells[i] + weight.cell addresses the sum.
    void accumulate(int buffer, std::span<const std::int16_t> values, std::span<const std::int32_t> cells,
                    std::span<const WeightOperand> weights);

    std::int64_t read(int buffer, std::size_t cell) const { return buffers_[std::size_t(buffer)][cell]; }
    void add(int buffer, std::size_t cell, std::int64_t value) { buffers_[std::size_t(buffer)][cell] += value; }
    std::size_t cells() const { return buffers_[0].size(); }

  private:
    std::array<std::vector<std::int64_t>, 2> buffers_;
};

}  // namespace nonzero::scnn
