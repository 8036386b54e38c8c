#pragma once
// The fixed yardstick of speed: multiply and accumulate over the non-zeros of a layer in the order in which SCNN meets
// them, and nothing else. Per output-channel group, input channel and PE tile every non-zero activation of the tile
// meets every non-zero weight of the group. Do not tune.

#include <cstdint>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::bench {

class BareKernel {
  public:
    // Stride 1 layers; kc output channels per group, grid x grid tiles of the input plane.
    BareKernel(const Layer& layer, const Operands& input, const Operands& weights, int kc, int grid);

    // Returns the products done; the sums of the last group stay in sums(), tile after tile.
    std::uint64_t run();
    const std::vector<std::int64_t>& sums() const { return sums_; }

  private:
    struct Operand {
        std::int32_t address;
        std::int32_t value;
    };
    std::vector<std::vector<Operand>> activations_;           // per channel and tile
    std::vector<std::vector<std::vector<Operand>>> weights_;  // per group, channel
    std::size_t tiles_ = 0;
    std::vector<std::int64_t> sums_;
};

}  // namespace nonzero::bench
