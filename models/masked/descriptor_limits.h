#pragma once
// What the machines that read sparse masks ask of a descriptor beyond the general checks. Plain C++.

#include "models/host/host_interface.h"

namespace nonzero::masked {

inline constexpr const char* kMaskedLimits = "at most 2^27 elements of a tensor";

// NZ_ERROR_NONE, or why none of these machines runs the (generally sound) descriptor.
nz_error check_masked(const nz_descriptor& descriptor, int operand_bits, int accumulator_bits);
// The same of what follows from the layer's shape alone.
nz_error check_masked_shape(const nz_descriptor& descriptor);

}  // namespace nonzero::masked
