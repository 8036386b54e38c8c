#pragma once
// The cycle models of the two public programs, for comparison alone: never mixed with the other timings (opu_facts.md
// 11 rule 1). Plain C++; C++17-clean.

#include <cstdint>

#include "models/opu/layer_work.h"

namespace nonzero::opu {

// `opu_compiler` (opu_facts.md 11 rule 2): cycles of a layer on the channel-parallel core of 1,024 multipliers, cut
// into the square tiles that take least. A kernel that is not square has its own rows and columns in the place of k.
std::int64_t compiler_cycles(const LayerWork& work);

// `opu_sim` (opu_facts.md 3.2): cycles of what an engine does in a phase. Words of 64 bytes.
std::int64_t sim_load_block(std::int64_t rows, std::int64_t words);  // feature map
std::int64_t sim_load_words(std::int64_t words);                     // weights or biases
std::int64_t sim_tap(std::int64_t pixels, std::int64_t rounds);
std::int64_t sim_depthwise(std::int64_t columns, std::int64_t windows, std::int64_t rounds);
std::int64_t sim_store(std::int64_t reads);

}  // namespace nonzero::opu
