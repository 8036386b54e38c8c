#pragma once
// What SCNN asks of a descriptor beyond the general checks, and the layer that it describes. Plain C++.

#include "models/common/host_interface.h"
#include "models/scnn/geometry.h"

namespace nonzero::scnn {

inline constexpr const char* kScnnLimits =
    "at most 65536 channels, planes of 16384 x 16384, kernels of 255 x 255, strides of 64, no dilation";

// NZ_ERROR_NONE, or why this machine cannot run the (generally sound) descriptor.
nz_error check_for_scnn(const nz_descriptor& descriptor, const ScnnParameters& parameters);

// A 1x1 kernel on a 1x1 plane without padding or groups, whatever the opcode: cut over the plane it would keep a single
// PE busy (card 10.4).
bool is_fully_connected(const nz_descriptor& descriptor);
Geometry geometry_of(const nz_descriptor& descriptor, const ScnnParameters& parameters);

// Whether the activations of a LOAD serve a convolution: same input plane, phases and padding.
bool same_input(const nz_descriptor& load, const nz_descriptor& convolution);

}  // namespace nonzero::scnn
