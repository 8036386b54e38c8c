#pragma once
// Cycles of a layer on SCNN as far as they follow from counting non-zeros: vectors of F weights against vectors of I
// activations, the slowest PE of each group of output channels, and the drains. No bank conflicts and no placeholders.
// What lowering compares the layouts of a matrix product by. Plain C++.

#include <cstdint>
#include <vector>

#include "models/base/cycles.h"
#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "workloads/tensor.h"

namespace nonzero::scnn {

// For layers with a 1x1 kernel and stride 1, one geometry and set of weights.
class SlotEstimate {
  public:
    SlotEstimate(const Geometry& geometry, const Operands& weights, const ScnnParameters& parameters);

    Cycles cycles(const Operands& input) const;

  private:
    // Lanes in use of a PE: of an input channel, and of a group's weights of it.
    std::vector<std::uint32_t> activation_vectors(const Operands& input) const;
    std::uint32_t vectors(std::uint32_t non_zeros, std::uint32_t elements, OperandStorage storage, int lanes) const;

    const Geometry& geometry_;
    ScnnParameters parameters_;
    std::size_t parts_;                          // PEs with weights of their own, or 1
    std::vector<std::uint32_t> weight_vectors_;  // [group of output channels][channel][part]
};

}  // namespace nonzero::scnn
