#pragma once
// What a PE counts while it works an output-channel group (scnn_facts.md 10.6, 10.9 rules 7 and 14).

#include <cstdint>

#include "models/base/cycles.h"

namespace nonzero::scnn {

struct SlotCounts {
    // Cycles of this PE.
    Cycles busy = 0;         // slots with a kept product
    Cycles void_slots = 0;   // slots without: every product dropped or of a placeholder
    Cycles conflict = 0;     // cycles of a vector after its first
    Cycles bank_drain = 0;   // emptying the queues at the end of the group
    Cycles weight_fifo = 0;  // waiting for a weight vector, with weights.skew = fifo

    // Products. kept + dropped + placeholder + unused lanes = F * I * (busy + void_slots).
    std::uint64_t products = 0;  // out of the multiplier array: neither operand a placeholder
    std::uint64_t kept = 0;      // accumulated
    std::uint64_t useful = 0;    // … and of two non-zeros: all of them, unless an operand is dense
    std::uint64_t dropped = 0;   // outside the output plane
    std::uint64_t placeholder = 0;
    std::uint64_t unused_activation_lanes = 0;
    std::uint64_t unused_weight_lanes = 0;

    std::uint64_t activation_vectors = 0;  // IARAM reads
    std::uint64_t weight_vectors = 0;      // weight FIFO reads
    std::uint64_t queue_peak = 0;

    // Time of the group in this PE.
    Cycles cycles() const { return busy + void_slots + conflict + bank_drain + weight_fifo; }
    Cycles slots() const { return busy + void_slots; }
};

}  // namespace nonzero::scnn
