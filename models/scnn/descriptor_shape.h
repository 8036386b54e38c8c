#pragma once
// The layer that a descriptor describes to SCNN. Plain C++.

#include "models/common/host_interface.h"
#include "models/scnn/geometry.h"

namespace nonzero::scnn {

Geometry geometry_of(const nz_descriptor& descriptor, const ScnnParameters& parameters);

// Whether the activations of a LOAD serve a convolution: same input plane, phases and padding.
bool same_input(const nz_descriptor& load, const nz_descriptor& convolution);

}  // namespace nonzero::scnn
