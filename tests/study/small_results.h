#pragma once
// A report, and results of layers with simple numbers.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "platforms/registry.h"
#include "study/layer_result.h"

namespace nonzero::test {

inline PlatformReport small_report() {
    PlatformReport report;
    report.units = 4;
    report.multipliers = 8;
    report.cycles_by_cause = {{"busy", "busy"}, {"waiting", "wait"}};
    report.traffic = {{"reads", "pe.reads"}};
    return report;
}

inline LayerResult layer(const std::string& name, std::uint64_t cycles, std::uint64_t products, std::uint64_t useful) {
    LayerResult result;
    result.name = name;
    (*result.facts)["kind"] = "convolution";
    result.cycles = cycles;
    result.setup_cycles = 5;
    result.products = products;
    result.useful_products = useful;
    result.cycles_by_cause = {{"busy", 3 * cycles}, {"waiting", cycles}};
    result.traffic = {{"reads", 10 * cycles}};
    result.counters["pe.busy"] = {"cycles", 4, 3 * cycles, 1, 2 * cycles};
    result.all_counters.counters["pe_0_0.busy"] = 3 * cycles;
    result.other_cycles = {{"oracle", cycles / 2}};
    result.energy = {{"multipliers", 2.0 * double(cycles), false}, {"dram", 3.0 * double(cycles), true}};
    result.balance = Balance{0.5, 1.5};
    result.checks.push_back({"values", true, {}, {}});
    return result;
}

}  // namespace nonzero::test
