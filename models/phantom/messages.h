#pragma once
// Messages between the blocks of Phantom-2D. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <memory>

#include "models/masked/messages.h"
#include "models/phantom/core_operands.h"
#include "models/phantom/layer_plan.h"

namespace nonzero::phantom {

// Sequencer -> lane -> cores: an operand for cores of the lane, one of the two. It stays with them until the next.
struct OperandBlock {
    Range cores;  // of the lane; of a core's own message it is not used
    std::shared_ptr<const StationaryOperand> stationary;
    std::shared_ptr<const MovingOperand> moving;
    std::uint64_t bits = 0;  // mask and values, each element once
    std::uint64_t payload_bytes() const { return (bits + 7) / 8; }
};

// Sequencer -> core.
struct CoreCommand {
    enum class Kind {
        begin,   // a layer
        work,    // the task of a job
        settle,  // the job has ended
        discard
    };
    Kind kind = Kind::begin;
    const LayerPlan* plan = nullptr;  // of begin: valid until the next one, or discard
    const CoreTask* task = nullptr;   // of work
    Cycles slowest = 0;               // of settle: of the job's cores, without fill
    Cycles fill = 0;                  // of settle
    CoreTime time;                    // results of work
    std::uint64_t entries = 0;
    std::uint64_t products = 0;
    std::uint64_t useful = 0;
    std::uint64_t payload_bytes() const { return 4; }
};

}  // namespace nonzero::phantom
