#pragma once
// The toy machine: registry entry.

#include "platforms/registry.h"

namespace nonzero::toy {

PlatformKind toy_platform();

}  // namespace nonzero::toy
