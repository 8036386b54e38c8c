#pragma once
// Lowering for the dense machines: dense weights (regions: models/dense/sequencer.h).

#include "lowering/gemm_lowering.h"
#include "models/dense/parameters.h"

namespace nonzero::dense {

class DenseLowering : public gemm::GemmLowering {
  public:
    explicit DenseLowering(const DenseParameters& parameters)
        : gemm::GemmLowering(parameters.dataflow == Dataflow::ideal ? "dense" : "neuromax", parameters.widths()),
          dataflow_(parameters.dataflow) {}

  private:
    // Lanes take a fully connected layer's neurons for one input, and pixels of any other 1x1 layer.
    std::vector<LayerPart> parts_of(const LayerJob& job) const override;
    void append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const override;

    Dataflow dataflow_;
};

}  // namespace nonzero::dense
