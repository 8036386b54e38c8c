#include "sc_main/result_table.h"

#include <catch2/catch.hpp>

using namespace nonzero;
using Catch::Contains;

namespace {

PlatformReport small_report() {
    PlatformReport report;
    report.units = 4;
    report.multipliers = 8;
    report.cycles_by_cause = {{"busy", "busy"}, {"waiting", "wait"}};
    report.traffic = {{"reads", "pe.reads"}};
    return report;
}

LayerResult layer(const std::string& name, std::uint64_t cycles, std::uint64_t products, std::uint64_t useful) {
    LayerResult result;
    result.name = name;
    result.facts["kind"] = "convolution";
    result.cycles = cycles;
    result.setup_cycles = 5;
    result.products = products;
    result.useful_products = useful;
    result.cycles_by_cause = {{"busy", 3 * cycles}, {"waiting", cycles}};
    result.traffic = {{"reads", 10 * cycles}};
    result.counters["pe.busy"] = {"cycles", 4, 3 * cycles, 1, 2 * cycles};
    result.all_counters["counters"]["pe_0_0.busy"] = 3 * cycles;
    result.other_cycles = {{"oracle", cycles / 2}};
    result.energy = {{"multipliers", 2.0 * double(cycles), false}, {"dram", 3.0 * double(cycles), true}};
    result.balance = Balance{0.5, 1.5};
    result.checks.push_back({"values", true, {}, {}});
    return result;
}

}  // namespace

TEST_CASE("the table shows shares of the units' cycles and what goes beyond a limit") {
    ResultTable table(small_report(), {"a", "a_long_name"});
    LayerResult first = layer("a", 100, 500, 200);
    first.overflows = 3;
    first.counters["pe.iaram_excess_entries"] = {"count", 4, 12, 0, 7};
    const std::string row = table.row(first);
    CHECK_THAT(row, Contains("40.0") && Contains("0.250") && Contains("75.0") && Contains("25.0") && Contains("ok"));
    LayerResult wrong = layer("a_long_name", 100, 0, 0);
    wrong.checks.front().passed = false;
    CHECK_THAT(table.row(wrong), Contains("DIFFER"));
    CHECK(table.header().find("cycles") < table.header().find("values"));
    const std::string footer = table.footer(EnergyTable::builtin());
    CHECK_THAT(footer, Contains("a: 3 outputs overflow") && Contains("IARAM capacity passed by 12 entries") &&
                           Contains("worst instance 7"));
    CHECK_THAT(footer, Contains("total") && Contains("200") && Contains("multipliers = 8"));
}
