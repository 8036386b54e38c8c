#pragma once
// A layer as testbenches and firmware load it: its image, and what memory holds after the run.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lowering/lowering.h"
#include "study/workload.h"

namespace nonzero {

// NOLINTNEXTLINE(bugprone-exception-escape): moving JSON only asserts
struct PackedLayer {
    std::string name;
    bool raw64 = false;
    nlohmann::ordered_json pooling;  // null where the expected output is not pooled
    MemoryImage image;
    std::vector<std::vector<std::uint8_t>> expected;  // bytes at each output's address after the run
};

// From `base` on.
PackedLayer pack_layer(const Workload& workload, const PlannedLayer& planned, const Lowering& lowering,
                       std::uint64_t base);

}  // namespace nonzero
