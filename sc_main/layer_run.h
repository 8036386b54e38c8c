#pragma once
// One layer through the simulated machine: data, image, run, comparison. Called inside the host's script.

#include "platforms/standalone.h"
#include "sc_main/layer_result.h"
#include "sc_main/workload.h"

namespace nonzero {

// Throws InputError where the data cannot be read or the machine refuses the layer. Failed comparisons are checks of
// the result.
LayerResult run_layer(Standalone& machine, const PlatformReport& report, const Workload& workload,
                      const PlannedLayer& planned, bool values);

}  // namespace nonzero
