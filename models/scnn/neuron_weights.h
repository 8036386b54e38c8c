#pragma once
// The weights of the neurons that one PE works in a group of a fully connected layer (scnn_facts.md 10.4, 10.10): one
// block per input, decoded. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/formats/operand_series.h"

namespace nonzero::scnn {

class NeuronWeights {
  public:
    // bytes: a series of that shape (neuron_shape()). False when they are malformed or a weight is outside of
    // [-limit, limit).
    bool decode(std::span<const std::uint8_t> bytes, const SeriesShape& shape, const OperandFormat& format, int limit);

    // The stored weights of an input.
    std::span<const std::int16_t> values(std::size_t input) const { return series_.values_of(input); }
    std::span<const std::uint32_t> neurons(std::size_t input) const {  // offset in the group
        return series_.positions_of(input);
    }

  private:
    OperandSeries series_;
};

}  // namespace nonzero::scnn
