#pragma once
// What the blocks that GEMM machines share cost in energy, the same for every one. The sizes of these buffers are no
// machine's published ones but a common assumption: those of S2TA (demm_facts.md 4.3), half a megabyte of weights and
// two of activations; and accumulators for 2048 rows (the most of ResNet-50) of 64 outputs.

#include <vector>

#include "models/gemm/gemm_plan.h"
#include "platforms/cost_uses.h"
#include "platforms/registry.h"

namespace nonzero::gemm {

inline constexpr double kActivationBufferBytes = 2.0 * 1024 * 1024;
inline constexpr double kWeightBufferBytes = 512.0 * 1024;
inline constexpr double kAccumulators = 2048.0 * 64;

// Activation buffer, partial sums and memory. sequencer: name of the platform's GemmEngine.
std::vector<EnergyUse> gemm_energy(const GemmWidths& widths, const std::string& sequencer);
// Traffic of the same blocks.
std::vector<std::pair<std::string, std::string>> gemm_traffic(const std::string& sequencer);

}  // namespace nonzero::gemm
