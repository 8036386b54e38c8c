#pragma once
// A layer as testbenches and firmware load it: its image, and what memory holds after the run.

#include <cstdint>
#include <string>
#include <vector>

#include "lowering/lowering.h"
#include "study/json_value.h"
#include "study/workload.h"

namespace nonzero {

struct PackedLayer {
    std::string name;
    bool raw64 = false;
    JsonValue pooling;  // null where the expected output is not pooled
    MemoryImage image;
    std::vector<std::vector<std::uint8_t>> expected;  // bytes at each output's address after the run
};

// From `base` on.
PackedLayer pack_layer(const Workload& workload, const PlannedLayer& planned, const Lowering& lowering,
                       std::uint64_t base);

}  // namespace nonzero
