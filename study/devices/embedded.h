#pragma once
// The devices of this directory, by their names.

#include <vector>

#include "workloads/embedded_file.h"

namespace nonzero {

const std::vector<EmbeddedFile>& embedded_devices();

}  // namespace nonzero
