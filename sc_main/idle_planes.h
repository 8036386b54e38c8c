#pragma once
// Convolutions whose plane keeps only a few PEs of an array at work.

#include <vector>

#include "sc_main/workload.h"

namespace nonzero {

// PEs that the plane of a convolution leaves without work, where these are half of them or more; else 0.
int plane_idle_units(const PlannedMachine& machine, const Layer& layer);
// One line on the standard error for each machine with such layers.
void warn_of_idle_planes(const Workload& workload, const std::vector<PlannedMachine>& machines);

}  // namespace nonzero
