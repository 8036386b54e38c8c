#pragma once
// Messages of the SCNN platform's on-chip streams. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <span>
#include <variant>

#include "models/base/barrier_work.h"
#include "models/pe_array/messages.h"
#include "models/scnn/crossbar_routing.h"
#include "models/scnn/issue_stage.h"
#include "models/scnn/layer_plan.h"
#include "models/scnn/slot_counts.h"
#include "models/scnn/weight_block.h"

namespace nonzero::scnn {

// Sequencer -> PE: the compressed activations of its tile, to be kept in IARAM (set-up); of a fully connected layer all
// inputs, the same for every PE.
struct ActivationImage {
    std::span<const std::uint8_t> bytes;
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

// Sequencer -> PE: steps of a layer. Commands cost no time unless said.
struct PeCommand {
    enum class Kind {
        configure,    // decode IARAM for `plan`; sets malformed
        begin_group,  // group `group_index` accumulates into buffer group_index mod 2
        end_compute,  // drain the bank queues; the PE adds the group's cycles to the delay
        settle,       // the barrier is reached: `group_cycles` of the slowest PE; counters become visible
        exchange,     // send partial sums of outputs that other PEs own
        finalise,     // hand the owned outputs of group `group_index` to the post-processing unit
        discard       // forget everything (abort, reset)
    };
    Kind kind = Kind::discard;
    const LayerPlan* plan = nullptr;
    int group_index = 0;
    Cycles group_cycles = 0;
    bool malformed = false;            // result of configure: a compressed block cannot be decoded
    std::uint64_t stored_entries = 0;  // result of configure: in IARAM
    // Result of configure: no activation and no output of the layer is the PE's. It gets no command for a group but
    // settle, and its weights in one message without blocks.
    bool idle = false;
    SlotCounts slots;  // result of end_compute

    std::uint64_t payload_bytes() const { return 0; }
};

using RoutingSpan =
    std::variant<std::span<const CrossbarRouting<std::uint8_t>>, std::span<const CrossbarRouting<std::uint16_t>>>;

// Weight broadcast -> PE: the weight blocks of a run of input channels of the open group. The PE works them and adds no
// delay: its time of the whole group comes with end_compute. Of a fully connected layer, instead, the PE's own weights
// of the open group.
struct WeightBlocks {
    std::span<const WeightBlock> blocks;
    RoutingSpan routings;  // one per block
    std::uint64_t bytes = 0;
    const WeightArrival* arrival = nullptr;  // with weights.skew = fifo: of the single block of this message
    std::span<const std::uint8_t> neurons;   // fully connected: a zero-run series, one block per input
    // Collects the work; until it runs, the message and what its spans show stay.
    BarrierWork* barrier = nullptr;
    bool malformed = false;  // result of the work: `neurons` cannot be decoded

    std::uint64_t payload_bytes() const { return bytes; }
};

}  // namespace nonzero::scnn
