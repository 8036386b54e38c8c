#pragma once
// The systolic family: registry entries.

#include "platforms/registry.h"

namespace nonzero::systolic {

// systolic_os, systolic_ws, systolic_is, vegeta, tensor_core_24, s2ta, spots
std::vector<PlatformKind> systolic_platforms();

}  // namespace nonzero::systolic
