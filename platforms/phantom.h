#pragma once
// Phantom-2D: registry entry.

#include "platforms/registry.h"

namespace nonzero::phantom {

PlatformKind phantom2d_platform();

}  // namespace nonzero::phantom
