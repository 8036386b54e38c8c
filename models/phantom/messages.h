#pragma once
// Messages between the blocks of Phantom-2D. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

// Core -> output encoder: finished sums of a task; none of a counted layer.
struct TaskSums {
    const CoreTask* task = nullptr;
    std::uint64_t outputs = 0;
    std::span<const std::int64_t> sums;
    int bits = 32;  // of a sum on the wires
    std::uint64_t payload_bytes() const { return (outputs * std::uint64_t(bits) + 7) / 8; }
};

// Sequencer -> output encoder: begins a layer, or finishes it and hands its output over.
struct OutputCommand {
    enum class Kind { begin, finish };
    Kind kind = Kind::begin;
    const LayerPlan* plan = nullptr;      // of begin: valid until the next one
    std::span<const std::uint8_t> bytes;  // result of finish: valid until the next begin
    std::uint64_t overflows = 0;          // result of finish
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

}  // namespace nonzero::phantom
