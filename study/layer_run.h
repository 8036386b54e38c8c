#pragma once
// One layer through the simulated machine: image, run, comparison. Called inside the host's script.

#include "platforms/standalone.h"
#include "study/layer_data.h"
#include "study/layer_result.h"
#include "study/machine.h"

namespace nonzero {

// Throws InputError where the machine refuses the layer. Failed comparisons are checks of the result, which has the
// decoded outputs too. expectation: null without values.
LayerResult run_layer(Standalone& machine, const PlannedMachine& planned_machine, const EnergyTable& energy,
                      const Layer& layer, const LayerData& data, const Expectation* expectation);
// The same with tensors of one's own.
LayerResult run_layer(Standalone& machine, const PlannedMachine& planned_machine, const EnergyTable& energy,
                      const GivenLayer& given, bool values = true);

}  // namespace nonzero
