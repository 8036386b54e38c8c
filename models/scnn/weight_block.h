#pragma once
// One weight block of a broadcast, decoded once for all PEs.

#include <cstddef>
#include <cstdint>

#include "models/scnn/accumulator_banks.h"

namespace nonzero::scnn {

// The weights of one block as a PE meets them.
struct WeightVectors {
    std::uint32_t entries = 0;   // stored, placeholders included
    std::uint32_t operands = 0;  // without placeholders; the same as non_zeros where weights are compressed
    std::uint32_t non_zeros = 0;
    std::uint32_t vectors = 0;  // of F entries
};

struct WeightBlock {
    std::size_t block = 0;  // block_number(channel, phase)
    WeightVectors vectors;
    WeightOperands operands;  // non-zeros; empty when only counting
};

}  // namespace nonzero::scnn
