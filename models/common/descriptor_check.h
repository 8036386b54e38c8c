#pragma once
// The checks of a descriptor that do not depend on the platform. Plain C++.

#include <cstdint>

#include "models/common/host_interface.h"

namespace nonzero {

struct DescriptorProblem {
    nz_error code = NZ_ERROR_NONE;  // NZ_ERROR_NONE: the descriptor is sound
    std::uint64_t address = 0;
};

// capabilities: bit n set = opcode n is run. descriptor_address: where it was read (reported as fault address).
DescriptorProblem check_descriptor(const nz_descriptor& descriptor, std::uint64_t descriptor_address,
                                   std::uint32_t capabilities);

// True when [address, address + size) is non-empty and does not wrap around.
bool region_is_sound(const nz_region& region);

}  // namespace nonzero
