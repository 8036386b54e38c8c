#pragma once
// The layer that a descriptor describes to SCNN. Plain C++.

#include "models/host/host_interface.h"
#include "models/scnn/geometry.h"

namespace nonzero::scnn {

Geometry geometry_of(const nz_descriptor& descriptor, const ScnnParameters& parameters);

inline constexpr const char* kScnnLimits = "input channels x strides are 262144 at most";

// NZ_ERROR_NONE, or why no SCNN of these widths runs the (generally sound) descriptor.
nz_error check_for_scnn(const nz_descriptor& descriptor, const ScnnParameters& parameters);

// Whether the activations of a LOAD serve a convolution: same input plane, phases and padding.
bool same_input(const nz_descriptor& load, const nz_descriptor& convolution);

}  // namespace nonzero::scnn
