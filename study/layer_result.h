#pragma once
// What one layer gave: the numbers of the results file and of the table.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platforms/platform.h"
#include "platforms/registry.h"
#include "study/cost.h"

namespace nonzero {

// One counter over all instances of a block: "pe.busy" stands for pe_0_0.busy, pe_0_1.busy …
struct CounterSummary {
    std::string kind;
    std::uint64_t instances = 0;
    std::uint64_t sum = 0;
    std::uint64_t smallest = 0;
    std::uint64_t largest = 0;
};

struct Check {
    std::string name;
    bool passed = true;
    std::string problem{};  // of one that failed: a line that names the layer
    std::string skipped{};  // why it was not done
};

struct HostTimes {
    double wall_seconds = 0;
    double cpu_seconds = 0;
    double simulation_seconds = 0;  // wall time inside the simulation
};

// What uneven work of the units costs, in cycles of the layer.
struct Balance {
    double imbalance = 0;  // the unit with the most work over the mean
    double barrier = 0;    // waiting for the slowest at every barrier, over the unit with the most work
};

// NOLINTNEXTLINE(bugprone-exception-escape): moving JSON only asserts
struct LayerResult {
    std::string name;
    nlohmann::ordered_json facts;  // kind, shape, operands, output format
    std::uint64_t dense_macs = 0;
    std::uint64_t cycles = 0;
    std::optional<std::uint64_t> setup_cycles = 0;  // absent: not known
    std::uint64_t products = 0;
    std::uint64_t useful_products = 0;
    std::uint64_t overflows = 0;
    std::uint64_t output_bytes = 0;
    std::vector<std::pair<std::string, std::uint64_t>> cycles_by_cause;
    std::vector<std::pair<std::string, std::uint64_t>> traffic;
    std::vector<std::pair<std::string, std::uint64_t>> other_cycles;  // by the platform's other rules
    std::vector<ComponentCost> energy;                                // pJ
    std::optional<Balance> balance;
    std::map<std::string, CounterSummary> counters;
    nlohmann::json all_counters;  // every instance and histogram, by full name without the platform's
    std::vector<Check> checks;
    bool values = false;  // computed and compared
    HostTimes host;
    std::uint64_t first_cycle = 0;  // of the simulation, as traces count; not sent to another process

    bool passed() const;
    double utilisation(int multipliers) const;  // useful products per multiplier and cycle
    double energy_sum() const;                  // pJ
};

// Reads every counter of the platform into the result, prices them, and adds the check of the cycles by cause.
void collect_statistics(const Platform& platform, const PlatformReport& report, const EnergyTable& energy,
                        LayerResult& result);

// Everything of a result, to be sent to another process.
nlohmann::ordered_json to_message(const LayerResult& result);
LayerResult from_message(const nlohmann::ordered_json& message);

}  // namespace nonzero
