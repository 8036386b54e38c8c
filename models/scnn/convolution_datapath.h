#pragma once
// A PE as it works a convolution: the compressed activations of its tile, decoded from IARAM, against broadcast weight
// blocks, every vector of I activations with every vector of F weights. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/scnn/accumulator_banks.h"
#include "models/scnn/issue_stage.h"
#include "models/scnn/layer_plan.h"
#include "models/scnn/messages.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

class ConvolutionDatapath {
  public:
    explicit ConvolutionDatapath(const ScnnParameters& parameters) : vector_length_(std::uint32_t(parameters.i)) {}

    // The image of a PE's IARAM; false when it is malformed or an operand is wider than the layer's.
    bool decode(const LayerPlan& plan, int pe, std::span<const std::uint8_t> image);
    std::size_t entries() const { return activations_.entries(); }

    // Issues the blocks of a message and, unless the layer only counts, accumulates their products into a buffer.
    void work(const LayerPlan& plan, const WeightBlocks& message, AnyIssueStage& issue, AccumulatorBanks& accumulators,
              int buffer) const;
    void clear() { activations_ = {}; }

  private:
    std::uint32_t vector_length_;  // I
    ActivationBlocks activations_;
};

}  // namespace nonzero::scnn
