#pragma once
// SparTen: registry entry.

#include "platforms/registry.h"

namespace nonzero::sparten {

PlatformKind sparten_platform();

}  // namespace nonzero::sparten
