#pragma once
// Messages of the dense machine's on-chip streams. Spans and pointers are valid during the call only.

#include <cstdint>
#include <span>

#include "models/dcnn/layer_plan.h"
#include "models/dcnn/slot_counts.h"
#include "models/dcnn/weight_rows.h"
#include "models/pe_array/messages.h"

namespace nonzero::dcnn {

// Sequencer -> PE: the inputs that it holds, channels x rows x columns, to be kept in IARAM (set-up).
struct ActivationTile {
    std::span<const std::int16_t> values;
    std::uint64_t payload_bytes() const { return values.size_bytes(); }
};

// Sequencer -> PE: steps of a layer. They cost no time.
struct PeCommand {
    enum class Kind {
        configure,  // take the inputs out of IARAM for `plan`; sets malformed
        settle,     // the barrier is reached: `group_cycles` of the slowest PE; counters and outputs become visible
        discard     // forget everything (abort, reset)
    };
    Kind kind = Kind::discard;
    const LayerPlan* plan = nullptr;
    int group_index = 0;
    Cycles group_cycles = 0;
    bool malformed = false;  // result of configure: the inputs are not those of the layer
    std::uint64_t payload_bytes() const { return 0; }
};

// Sequencer -> PE: the weights of the output channels that the PE computes in a group, broadcast, or its own in a fully
// connected layer. The PE adds its cycles to the delay.
struct WeightGroup {
    int group_index = 0;
    const WeightRows* rows = nullptr;
    std::uint64_t bytes = 0;
    SlotCounts counts;  // result
    std::uint64_t payload_bytes() const { return bytes; }
};

}  // namespace nonzero::dcnn
