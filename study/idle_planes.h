#pragma once
// Convolutions whose plane keeps only a few PEs of an array at work.

#include "study/machine.h"

namespace nonzero {

// PEs that the plane of a convolution leaves without work, where these are half of them or more; else 0.
int plane_idle_units(const PlannedMachine& machine, const Layer& layer);

}  // namespace nonzero
