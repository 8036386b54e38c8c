#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "study/layer_result.h"
#include "study/pack_manifest.h"
#include "study/results.h"
#include "tests/study/small_results.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

TEST_CASE("utilisation is useful products per multiplier and cycle") {
    const LayerResult result = layer("a", 100, 500, 200);
    CHECK(result.utilisation(8) == Approx(0.25));
    CHECK(LayerResult().utilisation(8) == 0);
}

TEST_CASE("the results add layers up and say whether all are there") {
    Results results({{"platform", "p"}}, small_report(), false);
    results.add(0, layer("a", 100, 500, 200));
    const auto part = results.to_json(false);
    CHECK(part["schema"] == 1);
    CHECK(part["platform"] == "p");
    CHECK(part["complete"] == false);
    CHECK(part["layers"].size() == 1);
    results.add(1, layer("b", 50, 100, 100));
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
    CHECK(whole["totals"]["other_cycles"]["oracle"] == 75);
    CHECK(whole["layers"][0]["energy_pj"]["dram"] == 300.0);
    CHECK(whole["totals"]["energy_pj"]["multipliers"] == 300.0);
    CHECK(whole["totals"]["energy_sum_pj"] == 750.0);
    CHECK(whole["totals"]["uneven_work_cycles"]["barrier"] == 3.0);
}

TEST_CASE("layers that come out of order stand in order") {
    Results results(nlohmann::ordered_json::object(), small_report(), false);
    results.add(2, layer("c", 1, 1, 1));
    results.add(0, layer("a", 1, 1, 1));
    const auto json = results.to_json(false);
    CHECK(json["layers"][0]["name"] == "a");
    CHECK(json["layers"][1]["name"] == "c");
}

TEST_CASE("a result that went to another process is the same") {
    LayerResult sent = layer("a", 100, 500, 200);
    sent.setup_cycles = 7;
    sent.overflows = 3;
    sent.output_bytes = 11;
    sent.values = true;
    sent.host = {1.5, 1.25, 0.5};
    sent.checks.push_back({"data_set_sha256", false, "a problem", "a reason"});
    const auto bytes = nlohmann::ordered_json::to_cbor(to_message(sent));
    const LayerResult got = from_message(nlohmann::ordered_json::from_cbor(bytes));
    Results a(nlohmann::ordered_json::object(), small_report(), false);
    Results b(nlohmann::ordered_json::object(), small_report(), false);
    a.add(0, sent);
    b.add(0, got);
    CHECK(to_text(a.to_json(true)) == to_text(b.to_json(true)));
    CHECK(to_text(a.host_times()) == to_text(b.host_times()));
    CHECK(got.all_counters == sent.all_counters);
    CHECK(got.values);
    CHECK(got.checks.back().problem == "a problem");
}

TEST_CASE("the share of the multiply-accumulates is of all that was asked for") {
    const Coverage coverage{3, 1000, {{"c", LeftOutCause::stem, "a reason", 400}}};
    Results results(nlohmann::ordered_json::object(), small_report(), false, coverage);
    LayerResult first = layer("a", 100, 500, 200);
    first.dense_macs = 500;
    results.add(0, first);
    CHECK(results.to_json(false)["totals"]["macs_share"] == 0.5);
    LayerResult second = from_message(to_message(first));
    second.dense_macs = 100;
    results.add(1, second);
    const auto totals = results.to_json(true)["totals"];
    CHECK(totals["dense_macs"] == 600);
    CHECK(totals["macs_share"] == 0.6);
    CHECK(totals["left_out"] ==
          nlohmann::ordered_json{{{"layer", "c"}, {"cause", "stem"}, {"reason", "a reason"}, {"dense_macs", 400}}});
    CHECK(from_message(to_message(first)).dense_macs == 500);
    // What is missing never rounds up to all.
    CHECK(Coverage{2, 100000, {{"c", LeftOutCause::stem, "a reason", 1}}}.total_name() == "total (99.9 %)");
    CHECK(Coverage{2, 100000, {}}.total_name() == "total");
}

TEST_CASE("all counters on request") {
    Results results(nlohmann::ordered_json::object(), small_report(), true);
    results.add(0, layer("a", 100, 500, 200));
    CHECK(results.to_json(true)["layers"][0]["counters"]["pe_0_0.busy"] == 300);
}

TEST_CASE("host times stay out of the results") {
    Results results(nlohmann::ordered_json::object(), small_report(), false);
    LayerResult timed = layer("a", 100, 500, 200);
    timed.host = {1.5, 1.25, 0.5};
    results.add(0, timed);
    CHECK_THAT(to_text(results.to_json(true)), !Contains("seconds"));
    CHECK(results.host_times()["totals"]["wall_seconds"] == 1.5);
}

TEST_CASE("text that is no UTF-8 does not break the results") {
    CHECK_NOTHROW(to_text({{"name", "a\xff"}}));
}

TEST_CASE("a layer's name never leads out of the folder") {
    CHECK(folder_name("fire2/squeeze1x1") == "fire2_squeeze1x1");
    CHECK(folder_name("..") == "_.");
    CHECK(folder_name("../x") == "_._x");
    CHECK(macro_name("fire2_squeeze1x1") == "NZ_IMAGE_FIRE2_SQUEEZE1X1");
}
