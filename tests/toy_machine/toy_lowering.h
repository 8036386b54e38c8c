#pragma once
// Lowering for the toy machine: dense weights (regions: sequencer.h).

#include "lowering/gemm_lowering.h"
#include "tests/toy_machine/parameters.h"

namespace nonzero::toy {

class ToyLowering : public gemm::GemmLowering {
  public:
    explicit ToyLowering(const ToyParameters& parameters) : gemm::GemmLowering("toy", parameters.widths()) {}

  private:
    void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const override {
        append(bytes, weights.matrix->data);
    }
};

}  // namespace nonzero::toy
