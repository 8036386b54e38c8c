#pragma once
// What the dot products of a group cost one PE.

#include <cstdint>

#include "models/base/cycles.h"

namespace nonzero::dcnn {

struct SlotCounts {
    Cycles slots = 0;
    // products = useful + zero_operand + padding; products + partial_lanes = multipliers * slots
    std::uint64_t products = 0;
    std::uint64_t useful = 0;         // both operands non-zero
    std::uint64_t zero_operand = 0;   // inside the input plane, an operand is zero
    std::uint64_t padding = 0;        // of an activation outside the input plane
    std::uint64_t partial_lanes = 0;  // multipliers without work in the last slot of a dot product
    std::uint64_t activation_vectors = 0;
};

}  // namespace nonzero::dcnn
