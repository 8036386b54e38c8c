#pragma once
// DCNN and DCNN-opt, the dense baselines of the SCNN paper: registry entries.

#include "platforms/registry.h"

namespace nonzero::dcnn {

PlatformKind dcnn_platform();
PlatformKind dcnn_opt_platform();

}  // namespace nonzero::dcnn
