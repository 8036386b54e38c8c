#pragma once
// The fixed yardstick of speed: multiply and accumulate over the same non-zeros as a platform, and nothing else. Per
// output-channel group and input channel every non-zero activation meets every non-zero weight. Do not tune.

#include <cstdint>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::bench {

class BareKernel {
  public:
    // Stride 1 layers; kc output channels per group.
    BareKernel(const Layer& layer, const Operands& input, const Operands& weights, int kc);

    // Returns the products done; the sums of the last group stay in sums().
    std::uint64_t run();
    const std::vector<std::int64_t>& sums() const { return sums_; }

  private:
    struct Operand {
        std::int32_t address;
        std::int32_t value;
    };
    std::vector<std::vector<Operand>> activations_;           // per channel
    std::vector<std::vector<std::vector<Operand>>> weights_;  // per group, channel
    std::vector<std::int64_t> sums_;
};

}  // namespace nonzero::bench
