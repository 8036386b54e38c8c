#pragma once
// Cycles of the two dense machines of phantom_facts.md 9.7, counted step by step.

#include <cstdint>

#include "workloads/layer.h"

namespace nonzero::oracle {

std::uint64_t ideal_cycles(const Layer& layer, int multipliers);
// 6 filter lanes x 6 row lanes of nine threads.
std::uint64_t neuromax_cycles(const Layer& layer);

}  // namespace nonzero::oracle
