#include <catch2/catch.hpp>

#include "sc_main/layer_result.h"
#include "sc_main/pack_manifest.h"
#include "sc_main/result_table.h"
#include "sc_main/results.h"

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
    result.checks.push_back({"values", true, {}, {}});
    return result;
}

}  // namespace

TEST_CASE("utilisation is useful products per multiplier and cycle") {
    const LayerResult result = layer("a", 100, 500, 200);
    CHECK(result.utilisation(8) == Approx(0.25));
    CHECK(LayerResult().utilisation(8) == 0);
}

TEST_CASE("the results add layers up and say whether all are there") {
    Results results({{"platform", "p"}}, small_report(), false);
    results.add(layer("a", 100, 500, 200));
    const auto part = results.to_json(false);
    CHECK(part["schema"] == 1);
    CHECK(part["platform"] == "p");
    CHECK(part["complete"] == false);
    CHECK(part["layers"].size() == 1);
    results.add(layer("b", 50, 100, 100));
    const auto whole = results.to_json(true);
    CHECK(whole["complete"] == true);
    CHECK(whole["layers"][1]["name"] == "b");
    CHECK(whole["layers"][1]["utilisation"] == 0.25);
    CHECK(whole["layers"][0]["counters"]["pe.busy"]["largest"] == 200);
    CHECK(whole["layers"][0]["checks"]["values"] == "passed");
    CHECK(whole["totals"]["layers"] == 2);
    CHECK(whole["totals"]["cycles"] == 150);
    CHECK(whole["totals"]["setup_cycles"] == 10);
    CHECK(whole["totals"]["products"] == 600);
    CHECK(whole["totals"]["utilisation"] == 0.25);
    CHECK(whole["totals"]["cycles_by_cause"]["busy"] == 450);
    CHECK(whole["totals"]["traffic"]["reads"] == 1500);
}

TEST_CASE("all counters on request") {
    Results results(nlohmann::ordered_json::object(), small_report(), true);
    results.add(layer("a", 100, 500, 200));
    CHECK(results.to_json(true)["layers"][0]["counters"]["pe_0_0.busy"] == 300);
}

TEST_CASE("host times stay out of the results") {
    Results results(nlohmann::ordered_json::object(), small_report(), false);
    LayerResult timed = layer("a", 100, 500, 200);
    timed.host = {1.5, 1.25, 0.5};
    results.add(timed);
    CHECK_THAT(to_text(results.to_json(true)), !Contains("seconds"));
    CHECK(results.host_times()["totals"]["wall_seconds"] == 1.5);
    CHECK(host_times_path("a/r.json") == "a/r.host.json");
    CHECK(host_times_path("a/r") == "a/r.host.json");
}

TEST_CASE("text that is no UTF-8 does not break the results") {
    CHECK_NOTHROW(to_text({{"name", "a\xff"}}));
}

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
    const std::string footer = table.footer();
    CHECK_THAT(footer, Contains("a: 3 outputs overflow") && Contains("IARAM capacity passed by 12 entries") &&
                           Contains("worst instance 7"));
    CHECK_THAT(footer, Contains("total") && Contains("200") && Contains("multipliers = 8"));
}

TEST_CASE("a layer's name never leads out of the folder") {
    CHECK(folder_name("fire2/squeeze1x1") == "fire2_squeeze1x1");
    CHECK(folder_name("..") == "_.");
    CHECK(folder_name("../x") == "_._x");
    CHECK(macro_name("fire2_squeeze1x1") == "NZ_IMAGE_FIRE2_SQUEEZE1X1");
}
