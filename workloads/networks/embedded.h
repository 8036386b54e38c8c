#pragma once
// The JSON files of this directory, in the order of CMakeLists.txt.

#include <vector>

#include "workloads/embedded_file.h"

namespace nonzero {

const std::vector<EmbeddedFile>& embedded_networks();

}  // namespace nonzero
