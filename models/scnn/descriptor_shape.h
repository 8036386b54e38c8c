#pragma once
// What SCNN asks of a descriptor beyond the general checks, and the convolution that it describes. Plain C++.

#include "models/common/host_interface.h"
#include "models/scnn/geometry.h"

namespace nonzero::scnn {

inline constexpr const char* kScnnLimits =
    "at most 65536 channels, planes of 16384 x 16384, kernels of 255 x 255, strides of 64, no dilation";

// NZ_ERROR_NONE, or why this machine cannot run the (generally sound) descriptor.
nz_error check_for_scnn(const nz_descriptor& descriptor, const ScnnParameters& parameters);

// Whether the activations of a LOAD serve a convolution: same input plane, phases and padding.
bool same_input(const nz_descriptor& load, const nz_descriptor& convolution);

}  // namespace nonzero::scnn
