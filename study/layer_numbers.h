#pragma once
// The numbers that one layer gave. C++17-clean.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "study/cost.h"
#include "workloads/tensor.h"

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

struct LayerNumbers {
    std::string name;
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
    std::vector<Check> checks;
    bool values = false;  // computed and compared
    // Where the study was asked to hand them on: what the machine put out, decoded. Sums where nothing becomes of them
    // (K x P x Q), else the stored outputs (K x rows x columns behind the pooling).
    Psums sums;
    Operands output;
    HostTimes host;
    std::uint64_t first_cycle = 0;  // of the simulation, as traces count; not sent to another process

    bool passed() const;
    double utilisation(int multipliers) const;  // useful products per multiplier and cycle
    double energy_sum() const;                  // pJ
};

}  // namespace nonzero
