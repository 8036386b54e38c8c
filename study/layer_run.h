#pragma once
// One layer through the simulated machine: image, run, comparison. Called inside the host's script.

#include "platforms/standalone.h"
#include "study/layer_data.h"
#include "study/layer_result.h"
#include "study/workload.h"

namespace nonzero {

// Throws InputError where the machine refuses the layer. Failed comparisons are checks of the result. expectation: null
// without values. output: what the machine put out, of post-processed outputs that can be read.
LayerResult run_layer(Standalone& machine, const PlannedMachine& planned_machine, const EnergyTable& energy,
                      const PlannedLayer& planned, const LayerData& data, const Expectation* expectation,
                      std::optional<Operands>* output = nullptr);

}  // namespace nonzero
