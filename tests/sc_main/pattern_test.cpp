// Structured weights on the command line: --nm, --matrix, --equal-multipliers.

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "workloads/hashed_operands.h"
#include "workloads/network.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

class Bench : public SmallFolder {
  public:
    Outcome run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--network", network(), "--json", file("results.json")});
        return run_program(arguments);
    }
    void refused(const std::vector<std::string>& arguments, const std::vector<std::string>& named) const {
        const Outcome outcome = run(arguments);
        INFO(outcome.errors);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        for (const std::string& name : named) {
            CHECK_THAT(outcome.errors, Contains(name));
        }
    }
};

}  // namespace

TEST_CASE("a pattern's matrices are those of the layer's place in the network") {
    const Bench bench;
    const Outcome outcome = bench.run({"run", "demm", "--nm", "2:4", "--layers", "conv3,conv1"});
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    const json results = bench.results();
    CHECK(results["workload"]["pattern"] == "2:4");
    CHECK_FALSE(results["workload"].contains("seed"));
    const Network network = load_network(bench.network());
    REQUIRE(results["layers"].size() == 2);
    const std::uint32_t places[] = {0, 2};
    for (std::size_t n = 0; n < 2; ++n) {
        const json& layer = results["layers"][n];
        const Layer& shape = *network.find(layer["name"]);
        CHECK(layer["pattern"] == "2:4");
        CHECK(layer["weights"]["non_zeros"] == non_zeros(hashed_weights(shape, places[n], NmPattern{2, 4})));
        CHECK(layer["activations"]["non_zeros"] == non_zeros(hashed_activations(shape, places[n])));
        CHECK(layer["checks"]["values"] == "passed");
        CHECK(layer["checks"]["useful_products"] == "passed");
    }
}

TEST_CASE("places kept anywhere have no pattern") {
    const Bench bench;
    REQUIRE(bench.run({"run", "demm", "--nm", "u30", "--layers", "conv1"}).status == 0);
    const json layer = bench.results()["layers"][0];
    CHECK_FALSE(layer.contains("pattern"));
    CHECK(layer["checks"]["values"] == "passed");
    CHECK(layer["weights"]["density"].get<double>() == Approx(0.3).margin(0.1));
}

TEST_CASE("a dense pattern has the slots of its pattern, a matrix without one those of its rows") {
    const Bench bench;
    const auto cycles = [&](const std::string& nm) {
        REQUIRE(bench.run({"run", "demm", "--nm", nm, "--layers", "conv3"}).status == 0);
        return bench.results()["layers"][0]["cycles"].get<std::uint64_t>();
    };
    const std::uint64_t dense = cycles("1:1");
    CHECK(dense == cycles("4:4"));
    CHECK(dense > cycles("u100"));
}

TEST_CASE("rows that need more than k slots are said beside the layer") {
    const Bench bench;
    const Outcome outcome =
        bench.run({"run", "demm", "--nm", "u100", "--layers", "block/conv2", "--set", "engine.k=1"});
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    const auto rows = bench.results()["totals"]["traffic"]["rows_beyond_k"].get<std::uint64_t>();
    CHECK(rows > 0);
    CHECK_THAT(outcome.output, Contains(std::to_string(rows) + " rows of tiles need more than k slots"));
}

TEST_CASE("the set-up of a counted layer is told only where it is that of a computed one") {
    const Bench bench;
    for (const auto& [platform, told] : {std::pair("scnn", true), std::pair("demm", false), std::pair("s2ta", false)}) {
        INFO(platform);
        REQUIRE(bench.run({"run", platform, "--layers", "conv1", "--no-values"}).status == 0);
        const json results = bench.results();
        CHECK(results["layers"][0]["setup_cycles"].is_null() == !told);
        CHECK(results["totals"]["setup_cycles"].is_null() == !told);
        REQUIRE(bench.run({"run", platform, "--layers", "conv1"}).status == 0);
        CHECK(bench.results()["totals"]["setup_cycles"] > 0);
    }
}

TEST_CASE("each machine prunes to its own matrix, or takes the pattern's") {
    const Bench bench;
    const Outcome outcome = bench.run({"compare", "demm", "vegeta", "s2ta", "spots", "systolic_ws", "scnn", "--nm",
                                       "1:8", "--matrix", "same,natural", "--jobs", "2"});
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    const json compared = bench.results();
    REQUIRE(compared["masks"].size() == 2);
    const json& same = compared["masks"][0]["machines"];
    const json& natural = compared["masks"][1]["machines"];
    CHECK(compared["masks"][0]["mask"] == "same");
    for (std::size_t machine = 0; machine < same.size(); ++machine) {
        const std::string name = same[machine]["platform"];
        INFO(name);
        for (std::size_t layer = 0; layer < same[machine]["layers"].size(); ++layer) {
            CHECK(same[machine]["layers"][layer]["checks"]["values"] == "passed");
            CHECK(natural[machine]["layers"][layer]["checks"]["values"] == "passed");
            CHECK(same[machine]["layers"][layer]["weights"] == same[0]["layers"][layer]["weights"]);
        }
        const bool own_matrix = name == "vegeta" || name == "s2ta" || name == "spots";
        if (!own_matrix) {
            CHECK(natural[machine]["totals"]["cycles"] == same[machine]["totals"]["cycles"]);
        }
    }
    CHECK(natural[1]["layers"][0]["pattern"] == "1:4");  // the closest that VEGETA has
    const Network network = load_network(bench.network());
    CHECK(natural[1]["layers"][0]["weights"]["non_zeros"] ==
          non_zeros(hashed_weights(*network.find("conv1"), 0, NmPattern{1, 4})));
    CHECK_THAT(outcome.output, Contains("1:8 matrices") && Contains("natural") && Contains("vegeta rtl"));
}

TEST_CASE("equal multipliers take the nearest size and scale the rest in a column of its own") {
    const Bench bench;
    const Outcome outcome = bench.run(
        {"compare", "scnn", "dcnn", "demm", "--nm", "1:4", "--equal-multipliers", "512", "--layers", "conv1"});
    INFO(outcome.errors);
    REQUIRE(outcome.status == 0);
    const json machines = bench.results()["masks"][0]["machines"];
    for (const json& machine : machines) {
        CHECK(machine["multipliers"] == 512);
    }
    CHECK(machines[0]["parameters"]["pe.rows"].get<int>() * machines[0]["parameters"]["pe.columns"].get<int>() == 32);
    CHECK_THAT(outcome.output, Contains("scaled to 512") && Contains("="));

    const Outcome odd = bench.run(
        {"compare", "scnn", "demm", "--nm", "1:4", "--equal-multipliers", "500", "--layers", "conv1", "--no-values"});
    REQUIRE(odd.status == 0);
    const json scnn = bench.results()["masks"][0]["machines"][0];
    const double scaled = scnn["totals"]["cycles"].get<double>() * scnn["multipliers"].get<double>() / 500;
    CHECK_THAT(odd.output, Contains(std::to_string(std::llround(scaled))));
}

TEST_CASE("patterns that cannot be are refused") {
    const Bench bench;
    bench.refused({"compare", "demm", "vegeta", "--nm", "u30", "--matrix", "same,natural"}, {"--matrix", "u30"});
    bench.refused({"run", "demm", "--nm", "8"}, {"8"});
    bench.refused({"run", "demm", "--nm", "5:4"}, {"5:4"});
    bench.refused({"run", "demm", "--nm", "u0"}, {"--nm", "u0"});
    bench.refused({"run", "demm", "--nm", "u101"}, {"--nm", "u101"});
    bench.refused({"run", "demm", "--nm", "2:4", "--seed", "3"}, {"--nm", "--seed"});
    bench.refused({"run", "demm", "--nm", "2:4", "--weight-density", "0.5"}, {"--nm", "--weight-density"});
    bench.refused({"run", "demm", "--nm", "2:4", "--sparsity", "uniform"}, {"--nm", "--sparsity"});
    bench.refused({"run", "demm", "--matrix", "same"}, {"--matrix", "--nm"});
    bench.refused({"run", "demm", "--nm", "2:4", "--matrix", "natura"}, {"'natura'", "'natural'"});
    bench.refused({"run", "demm", "--nm", "2:4", "--matrix", "same,natural"}, {"compare"});
    bench.refused({"compare", "demm", "vegeta", "--nm", "2:4", "--equal-multipliers", "0"}, {"--equal-multipliers"});
}
