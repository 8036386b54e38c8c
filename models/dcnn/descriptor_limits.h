#pragma once
// What the dense machine asks of a descriptor beyond the checks of every array of PEs. Plain C++.

#include "models/dcnn/parameters.h"
#include "models/host/host_interface.h"

namespace nonzero::dcnn {

// NZ_ERROR_NONE, or why this machine cannot run the (generally sound) descriptor.
nz_error check_for_dcnn(const nz_descriptor& descriptor, const DcnnParameters& parameters);

// Whether the inputs of a LOAD, cut into the PEs' parts, serve a layer.
bool same_input(const nz_descriptor& load, const nz_descriptor& layer);

}  // namespace nonzero::dcnn
