#pragma once
// SCNN and its one-sided relatives (scnn_facts.md 2.5): registry entries.

#include "platforms/registry.h"

namespace nonzero::scnn {

PlatformKind scnn_platform();
PlatformKind scnn_sparse_a_platform();  // weights dense
PlatformKind scnn_sparse_w_platform();  // activations dense

}  // namespace nonzero::scnn
