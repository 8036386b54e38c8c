#pragma once
// Eyeriss v2: registry entry.

#include "platforms/registry.h"

namespace nonzero::eyeriss_v2 {

PlatformKind eyeriss_v2_platform();

}  // namespace nonzero::eyeriss_v2
