#pragma once
// The published values of this directory, a file for each modelled system. scripts/reproduce measures against all of
// them; those with a field "compare" are what `nonzero compare` prints beside its own.

#include <vector>

#include "workloads/embedded_file.h"

namespace nonzero {

const std::vector<EmbeddedFile>& embedded_published();

}  // namespace nonzero
