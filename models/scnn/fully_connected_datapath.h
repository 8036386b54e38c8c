#pragma once
// A PE as it works a fully connected layer: the non-zero inputs of the whole line, decoded from IARAM, each alone in
// its vector against the weights of the PE's own neurons. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/scnn/accumulator_banks.h"
#include "models/scnn/issue_stage.h"
#include "models/scnn/layer_plan.h"
#include "models/scnn/neuron_weights.h"

namespace nonzero::scnn {

class FullyConnectedDatapath {
  public:
    // The image of IARAM; false when it is malformed or an operand is wider than the layer's.
    bool decode(const LayerPlan& plan, std::span<const std::uint8_t> image);
    std::size_t entries() const { return inputs_.size(); }

    // Decodes the weights of the PE's own neurons of a group, a zero-run series with one block per input, issues their
    // products with the inputs and, unless the layer only counts, accumulates them into a buffer. False when the
    // weights are malformed.
    bool work(const LayerPlan& plan, const pe_array::ChannelGroup& own, std::span<const std::uint8_t> bytes,
              AnyIssueStage& issue, AccumulatorBanks& accumulators, int buffer);
    void clear() { inputs_.clear(); }

  private:
    struct Input {
        std::uint32_t number;
        std::int16_t value;
    };
    std::vector<Input> inputs_;
    NeuronWeights weights_;
};

}  // namespace nonzero::scnn
