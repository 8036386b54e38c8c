#pragma once

#include "study/failure.h"

namespace nonzero::exit_status {

inline constexpr int done = 0;
inline constexpr int check_failed = 1;
inline constexpr int bad_input = 2;
inline constexpr int internal_error = 3;                // a fault of the program
inline constexpr int host_failed = kOutOfMemoryStatus;  // memory, files, processes, disk: a second try may succeed

}  // namespace nonzero::exit_status
