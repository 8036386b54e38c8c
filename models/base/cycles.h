#pragma once
// Durations are counted in cycles of the platform's one clock until they meet a SystemC wait (see clocking.h).

#include <cstdint>

namespace nonzero {

using Cycles = std::uint64_t;

}  // namespace nonzero
