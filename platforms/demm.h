#pragma once
// DeMM: registry entry.

#include "platforms/registry.h"

namespace nonzero::demm {

PlatformKind demm_platform();

}  // namespace nonzero::demm
