#pragma once
// Descriptors that no accelerator may run, each with the one thing that is wrong with it.

#include <functional>
#include <string>
#include <vector>

#include "tests/thirdparty/image.h"

namespace thirdparty {

struct BadDescriptor {
    std::string what;
    nz_error code = NZ_ERROR_NONE;
    std::function<void(nz_descriptor&)> spoil;
};

// What can be wrong with this (sound) descriptor, by the host interface alone. capabilities: as the register says.
std::vector<BadDescriptor> bad_descriptors(const nz_descriptor& sound, std::uint32_t capabilities);

}  // namespace thirdparty
