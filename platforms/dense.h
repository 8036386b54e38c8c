#pragma once
// The dense machines: registry entries.

#include <vector>

#include "platforms/registry.h"

namespace nonzero::dense {

std::vector<PlatformKind> dense_platforms();

}  // namespace nonzero::dense
