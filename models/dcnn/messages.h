#pragma once
// Messages of the dense machine's on-chip streams. Spans and pointers are valid during the call only.

#include <cstdint>
#include <span>
#include <vector>

#include "models/dcnn/layer_plan.h"
#include "models/dcnn/slot_counts.h"
#include "models/dcnn/weight_rows.h"

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

// PE -> post-processing unit: finished sums of output channels [k_begin, k_begin + k_count), [k][row][column] of the
// outputs that the PE owns. When only counting there are none.
struct PsumBlock {
    const LayerPlan* plan = nullptr;
    int k_begin = 0;
    int k_count = 0;
    std::uint64_t outputs = 0;
    std::span<const std::int64_t> sums;
    // 24-bit partial sums.
    std::uint64_t payload_bytes() const { return outputs * 3; }
};

// Sequencer -> post-processing unit: bytes of the layer's output in OARAM. `begin` empties OARAM instead.
struct OutputReadOut {
    bool begin = false;
    std::vector<std::uint8_t>* bytes = nullptr;
    std::uint64_t overflows = 0;  // result
    std::uint64_t payload_bytes() const { return bytes == nullptr ? 0 : bytes->size(); }
};

}  // namespace nonzero::dcnn
