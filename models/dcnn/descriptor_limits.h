#pragma once
// What the dense machine asks of a descriptor beyond the general checks. Plain C++.

#include "models/common/host_interface.h"
#include "models/dcnn/parameters.h"

namespace nonzero::dcnn {

inline constexpr const char* kDcnnLimits =
    "at most 65536 channels, planes of 16384 x 16384, kernels of 255 x 255, strides of 64, no dilation";

// NZ_ERROR_NONE, or why this machine cannot run the (generally sound) descriptor.
nz_error check_for_dcnn(const nz_descriptor& descriptor, const DcnnParameters& parameters);

// Whether the inputs of a LOAD, cut into the PEs' parts, serve a layer.
bool same_input(const nz_descriptor& load, const nz_descriptor& layer);

}  // namespace nonzero::dcnn
