#pragma once
// What arrays of PEs ask of a descriptor beyond the general checks. Plain C++.

#include "models/host/host_interface.h"
#include "models/pe_array/parameters.h"

namespace nonzero::pe_array {

inline constexpr const char* kPeArrayLimits =
    "at most 65536 channels, planes of 16384 x 16384, kernels of 255 x 255, strides of 64, no dilation";

// NZ_ERROR_NONE, or why no array of PEs of these widths runs the (generally sound) descriptor.
nz_error check_for_pe_array(const nz_descriptor& descriptor, const PeArrayParameters& parameters);

}  // namespace nonzero::pe_array
