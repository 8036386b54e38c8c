#pragma once
// SCNN: registry entry.

#include "platforms/registry.h"

namespace nonzero::scnn {

PlatformKind scnn_platform();

}  // namespace nonzero::scnn
