#pragma once
// What one layer gave: the numbers of the results file and of the table.

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "platforms/platform.h"
#include "platforms/registry.h"
#include "study/json_value.h"
#include "study/layer_numbers.h"

namespace nonzero {

// Every instance, by full name without the platform's.
struct CounterInstances {
    std::map<std::string, std::uint64_t> counters;
    std::map<std::string, std::map<std::uint64_t, std::uint64_t>> histograms;  // value -> how often

    friend bool operator==(const CounterInstances& a, const CounterInstances& b) {
        return a.counters == b.counters && a.histograms == b.histograms;
    }
};
// "counters" and "histograms", where there are any; bins as [value, how often].
nlohmann::ordered_json to_json(const CounterInstances& instances);

struct LayerResult : LayerNumbers {
    JsonValue facts;  // kind, shape, operands, output format
    CounterInstances all_counters;
};

// Reads every counter of the platform into the result, prices them, and adds the check of the cycles by cause.
void collect_statistics(const Platform& platform, const PlatformReport& report, const EnergyTable& energy,
                        LayerResult& result);

// Everything of a result, to be sent to another process.
nlohmann::ordered_json to_message(const LayerResult& result);
LayerResult from_message(const nlohmann::ordered_json& message);

}  // namespace nonzero
