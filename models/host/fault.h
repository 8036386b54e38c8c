#pragma once

#include <cstdint>

#include "models/host/host_interface.h"

namespace nonzero {

// Thrown inside Engine::execute(): the descriptor cannot be run. The platform stays usable. An engine that throws its
// own Fault while transfers are open keeps their completions and buffers as members until reset(): they are cancelled
// after the throw. (The waits of a WorkContext cancel before they throw.)
struct Fault {
    nz_error code = NZ_ERROR_NONE;
    std::uint64_t address = 0;  // memory address it speaks of, 0 when none
};

}  // namespace nonzero
