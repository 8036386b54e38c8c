#pragma once
// The dot-product core of a PE (scnn_facts.md 2.4, 10.7): per output and output channel ceil(taps / multipliers) slots.
// A vector of activations stays at the multipliers for all output channels of a group. Plain C++.

#include <cstdint>
#include <span>

#include "models/base/aligned_vector.h"
#include "models/dcnn/input_tile.h"
#include "models/dcnn/slot_counts.h"
#include "models/dcnn/weight_rows.h"

namespace nonzero::dcnn {

class DotProductArray {
  public:
    explicit DotProductArray(int multipliers) : multipliers_(std::uint64_t(multipliers)) {}

    // inputs: as InputTile takes them.
    void begin_layer(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs);
    // Gives back the memory of a layer that is done.
    void end_layer();
    std::size_t outputs() const { return tile_.outputs(); }
    // One group of output channels, a row of weights each. sums: rows x outputs, overwritten; empty when only counting.
    SlotCounts run(int convolution_group, const WeightRows& rows, std::span<std::int64_t> sums);
    // The same of rows that are narrow().
    SlotCounts run(int convolution_group, const WeightRows& rows, std::span<std::int32_t> sums);

  private:
    template <class Sum>
    SlotCounts run_group(int convolution_group, const WeightRows& rows, std::span<Sum> sums);

    std::uint64_t multipliers_;
    InputTile tile_;
    AlignedVector<std::int16_t> patches_;
};

}  // namespace nonzero::dcnn
