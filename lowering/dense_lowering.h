#pragma once
// Lowering for the dense machines: dense weights (regions: models/dense/sequencer.h).

#include "lowering/gemm_lowering.h"
#include "models/dense/parameters.h"

namespace nonzero::dense {

class DenseLowering : public gemm::GemmLowering {
  public:
    explicit DenseLowering(const DenseParameters& parameters)
        : gemm::GemmLowering(parameters.dataflow == Dataflow::ideal ? "dense" : "neuromax", parameters.widths()) {}

  private:
    void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;
};

}  // namespace nonzero::dense
