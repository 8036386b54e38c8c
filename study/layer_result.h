#pragma once
// What one layer gave: the numbers of the results file and of the table.

#include <nlohmann/json.hpp>

#include "platforms/platform.h"
#include "platforms/registry.h"
#include "study/layer_numbers.h"

namespace nonzero {

// NOLINTNEXTLINE(bugprone-exception-escape): moving JSON only asserts
struct LayerResult : LayerNumbers {
    nlohmann::ordered_json facts;  // kind, shape, operands, output format
    nlohmann::json all_counters;   // every instance and histogram, by full name without the platform's
};

// Reads every counter of the platform into the result, prices them, and adds the check of the cycles by cause.
void collect_statistics(const Platform& platform, const PlatformReport& report, const EnergyTable& energy,
                        LayerResult& result);

// Everything of a result, to be sent to another process.
nlohmann::ordered_json to_message(const LayerResult& result);
LayerResult from_message(const nlohmann::ordered_json& message);

}  // namespace nonzero
