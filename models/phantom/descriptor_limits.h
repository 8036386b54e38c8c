#pragma once
// What Phantom-2D asks of a descriptor beyond the general checks. Plain C++.

#include "models/host/host_interface.h"
#include "models/phantom/parameters.h"

namespace nonzero::phantom {

inline constexpr const char* kPhantomLimits =
    "at most 2^27 elements of a tensor, and 2^29 mask bits that move past one core";

// NZ_ERROR_NONE, or why no machine of these parameters runs the (generally sound) descriptor.
nz_error check_for_phantom(const nz_descriptor& descriptor, const PhantomParameters& parameters);
// The same of what follows from the layer's shape alone.
nz_error check_shape_for_phantom(const nz_descriptor& descriptor, const PhantomParameters& parameters);

}  // namespace nonzero::phantom
