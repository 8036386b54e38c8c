#pragma once
// The tables of this directory: energy.json and area.json.

#include <vector>

#include "workloads/embedded_file.h"

namespace nonzero {

const std::vector<EmbeddedFile>& embedded_technology();

}  // namespace nonzero
