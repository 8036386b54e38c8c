#pragma once
// Weight side of the array: decodes the compressed blocks of an output-channel group as they come from memory and
// groups them into messages that are broadcast to all PEs. What is the same for every PE, the decoded operands and
// their routing through the scatter crossbar, is worked out here once.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "models/scnn/messages.h"

namespace nonzero::scnn {

class WeightBroadcast {
  public:
    virtual ~WeightBroadcast() = default;

    // Before the first group of a layer.
    virtual void begin_layer(const LayerPlan& plan) = 0;
    // Calls `send` for each message of the group, in the order of input channels. `bytes` are the group's blocks, per
    // (input channel, phase). False, and nothing more sent, when a block is malformed or bytes are left over. What a
    // message shows stays until `send` answers that the messages so far have been worked.
    using Send = std::function<bool(WeightBlocks&)>;
    virtual bool group(const LayerPlan& plan, const pe_array::ChannelGroup& group, std::span<const std::uint8_t> bytes,
                       const Send& send) = 0;
};

// one_block_each: every message carries a single block (weights.skew = fifo).
std::unique_ptr<WeightBroadcast> make_weight_broadcast(const ScnnParameters& parameters, bool one_block_each);

}  // namespace nonzero::scnn
