// `nonzero run` on small inputs: results against the oracle and recorded numbers, repeatability, what options change.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/oracles/scnn_oracle.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "workloads/network.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

class Bench : public SmallFolder {
  public:
    Outcome run(std::vector<std::string> more, const std::string& results = "results.json") const {
        std::vector<std::string> arguments{"run", "scnn", "--network", network(), "--json", file(results)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_program(arguments);
    }
};

std::vector<std::uint64_t> cycles_of(const json& results) {
    std::vector<std::uint64_t> cycles;
    for (const auto& layer : results["layers"]) {
        cycles.push_back(layer["cycles"]);
    }
    return cycles;
}

std::uint64_t sum_of(const json& numbers) {
    std::uint64_t sum = 0;
    for (const auto& number : numbers) {
        sum += number.get<std::uint64_t>();
    }
    return sum;
}

}  // namespace

TEST_CASE("golden run") {
    const Bench bench;
    const Outcome outcome = bench.run({});
    CHECK(outcome.status == 0);
    CHECK(outcome.errors.empty());
    CHECK_THAT(outcome.output,
               Contains("conv1") && Contains("block/conv2") && Contains("total") && !Contains("  DIFFER"));
    CHECK_THAT(outcome.output, !Contains("SystemC") && !Contains("Info:"));

    const json results = bench.results();
    CHECK(results["schema"] == 1);
    CHECK(results["tool"] == "nonzero 0.1.0");
    CHECK(results["platform"] == "scnn");
    CHECK(results["parameters"]["accumulator.banks"] == 32);
    CHECK(results["workload"]["seed"] == 1);
    CHECK(results["workload"]["left_out"].empty());
    CHECK(results["units"] == 64);
    CHECK(results["multipliers"] == 1024);
    CHECK(results["complete"] == true);
    CHECK(cycles_of(results) == std::vector<std::uint64_t>{172, 257, 11, 57});

    const Network network = load_network(bench.network());
    REQUIRE(results["layers"].size() == 4);
    for (const auto& layer : results["layers"]) {
        const Layer& shape = *network.find(layer["name"]);
        const Operands input = generate_activations(shape, *shape.activation_density, SparsityPattern::uniform, 1);
        const Operands weights = generate_weights(shape, *shape.weight_density, SparsityPattern::uniform, 1);
        const auto expected = oracle::simulate_scnn(shape, input, weights, {});
        INFO(shape.name);
        CHECK(layer["cycles"] == expected.layer_cycles);
        CHECK(layer["products"] == expected.products_kept + expected.products_dropped);
        CHECK(layer["useful_products"] == expected.products_kept);
        CHECK(layer["cycles_by_cause"]["busy"] == expected.attribution.busy);
        CHECK(layer["cycles_by_cause"]["barrier"] == expected.attribution.barrier);
        CHECK(sum_of(layer["cycles_by_cause"]) == 64 * expected.layer_cycles);
        CHECK(layer["utilisation"].get<double>() ==
              Approx(double(expected.products_kept) / (1024.0 * double(expected.layer_cycles))));
        CHECK(layer["shape"]["P"] == shape.P());
        CHECK(layer["weights"]["non_zeros"] == non_zeros(weights));
        CHECK(layer["counters"]["pe.busy"]["instances"] == 64);
        CHECK(layer["counters"]["pe.busy"]["sum"] == expected.attribution.busy);
        CHECK(layer["traffic"]["dram_read_bytes"] > 0);
        CHECK(layer["setup_cycles"] > 0);
        for (const char* check : {"values", "overflows", "useful_products", "cycles_by_cause"}) {
            CHECK(layer["checks"][check] == "passed");
        }
    }
    CHECK(results["totals"]["cycles"] == sum_of(json(cycles_of(results))));
    const json host = json::parse(read_bytes(bench.file("results.host.json")));
    CHECK(host["layers"].size() == 4);
    CHECK(host["totals"]["wall_seconds"] > 0);
}

TEST_CASE("equal inputs give equal bytes, another seed does not") {
    const Bench bench;
    REQUIRE(bench.run({}, "a.json").status == 0);
    REQUIRE(bench.run({}, "b.json").status == 0);
    REQUIRE(bench.run({"--seed", "2"}, "c.json").status == 0);
    CHECK(read_bytes(bench.file("a.json")) == read_bytes(bench.file("b.json")));
    CHECK(cycles_of(bench.results("a.json")) != cycles_of(bench.results("c.json")));
}

TEST_CASE("without values the cycles are the same and nothing is compared") {
    const Bench bench;
    REQUIRE(bench.run({}, "a.json").status == 0);
    const Outcome outcome = bench.run({"--no-values"}, "b.json");
    REQUIRE(outcome.status == 0);
    CHECK(cycles_of(bench.results("a.json")) == cycles_of(bench.results("b.json")));
    const json layer = bench.results("b.json")["layers"][0];
    CHECK(layer["output"]["format"] == "none");
    CHECK_FALSE(layer["checks"].contains("values"));
    CHECK(layer["checks"]["useful_products"] == "passed");
    CHECK(layer["cycles_by_cause"] == bench.results("a.json")["layers"][0]["cycles_by_cause"]);
}

TEST_CASE("layers are independent of each other") {
    const Bench bench;
    REQUIRE(bench.run({}, "a.json").status == 0);
    REQUIRE(bench.run({"--layers", "conv3,conv1"}, "b.json").status == 0);
    const json all = bench.results("a.json");
    const json some = bench.results("b.json");
    REQUIRE(some["layers"].size() == 2);
    CHECK(some["layers"][0] == all["layers"][0]);
    CHECK(some["layers"][1] == all["layers"][2]);
    CHECK(some["workload"]["left_out"].empty());
}

TEST_CASE("both outputs, patterns and densities") {
    const Bench bench;
    REQUIRE(bench
                .run({"--output", "raw64", "--sparsity", "correlated", "--weight-density", "0.5", "--density-scale",
                      "1.5", "--activation-density", "0.9"})
                .status == 0);
    const json results = bench.results();
    CHECK(results["workload"]["sparsity"] == "correlated");
    for (const auto& layer : results["layers"]) {
        CHECK(layer["output"]["format"] == "raw64");
        CHECK(layer["checks"]["values"] == "passed");
        CHECK(layer["activations"]["density"] == 1.0);  // 1.35, clipped
        CHECK(layer["weights"]["density"].get<double>() == Approx(0.75).margin(0.15));
    }
}

TEST_CASE("densities of one operand are scaled besides") {
    const Bench bench;
    REQUIRE(bench
                .run({"--no-values", "--weight-density", "0.8", "--activation-density", "0.8", "--density-scale", "0.5",
                      "--weight-density-scale", "0.5", "--activation-density-scale", "2"})
                .status == 0);
    const json results = bench.results();
    CHECK(results["workload"]["density_scale"] == 0.5);
    CHECK(results["workload"]["weight_density_scale"] == 0.5);
    CHECK(results["workload"]["activation_density_scale"] == 2);
    for (const auto& layer : results["layers"]) {
        CHECK(layer["weights"]["density"].get<double>() == Approx(0.2).margin(0.12));
        CHECK(layer["activations"]["density"].get<double>() == Approx(0.8).margin(0.06));
    }
}

TEST_CASE("sums that overflow wrap, are counted, and still equal the reference") {
    const Bench bench;
    for (const char* output : {"raw64", "compressed"}) {
        const Outcome outcome = bench.run({"--set", "accumulator.bits=12", "--output", output, "--layers", "conv1"});
        INFO(outcome.errors);
        CHECK(outcome.status == 0);
        const json layer = bench.results()["layers"][0];
        CHECK(layer["overflows"] > 0);
        CHECK(layer["checks"]["overflows"] == "passed");
        CHECK(layer["checks"]["values"] == "passed");
        CHECK_THAT(outcome.output, Contains("conv1: ") && Contains("outputs overflow"));
    }
}

TEST_CASE("passed capacities are told") {
    const Bench bench;
    const Outcome outcome = bench.run({"--set", "iaram.entries=4", "--set", "oaram.entries=3", "--layers", "conv1"});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.output, Contains("IARAM capacity passed by") && Contains("OARAM capacity passed by"));
}

TEST_CASE("parameters come from a file and, after it, from --set") {
    const Bench bench;
    write_bytes(bench.file("config.json"), R"({"pe": {"rows": 2, "columns": 4}})");
    REQUIRE(bench.run({"--config", bench.file("config.json"), "--set", "pe.columns=3"}).status == 0);
    const json results = bench.results();
    CHECK(results["units"] == 6);
    CHECK(results["parameters"]["pe.rows"] == 2);
    for (const auto& layer : results["layers"]) {
        CHECK(sum_of(layer["cycles_by_cause"]) == 6 * layer["cycles"].get<std::uint64_t>());
    }
}

TEST_CASE("a slow memory costs cycles only where its time is modelled") {
    const Bench bench;
    const std::vector<std::string> slow{"--dram-bandwidth", "0.1", "--dram-latency", "5000"};
    const auto with = [](std::vector<std::string> a, const std::vector<std::string>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    const std::vector<std::string> modelled{"--set", "memory.timing=modelled"};
    REQUIRE(bench.run({}, "ideal.json").status == 0);
    REQUIRE(bench.run(slow, "slow_ideal.json").status == 0);
    REQUIRE(bench.run(modelled, "fast.json").status == 0);
    REQUIRE(bench.run(with(modelled, slow), "slow.json").status == 0);
    CHECK(cycles_of(bench.results("ideal.json")) == cycles_of(bench.results("slow_ideal.json")));
    CHECK(bench.results("slow.json")["totals"]["cycles"] > bench.results("fast.json")["totals"]["cycles"]);
    CHECK(bench.results("slow.json")["totals"]["cycles_by_cause"]["memory"] > 0);
    CHECK(bench.results("slow.json")["memory"]["latency_ns"] == 5000.0);
}

TEST_CASE("every instance's counters on request") {
    const Bench bench;
    REQUIRE(bench.run({"--counters", "all", "--layers", "conv1"}).status == 0);
    const json layer = bench.results()["layers"][0];
    std::uint64_t busy = 0;
    for (const auto& [name, value] : layer["counters"].items()) {
        busy += name.starts_with("pe_") && name.ends_with(".busy") ? value.get<std::uint64_t>() : 0;
    }
    CHECK(busy == layer["cycles_by_cause"]["busy"]);
}

TEST_CASE("waves and timeline leave the results alone") {
    const Bench bench;
    REQUIRE(bench.run({}, "a.json").status == 0);
    const Outcome outcome = bench.run({"--vcd", bench.file("waves"), "--timeline", bench.file("timeline.json"),
                                       "--vcd-scope", "pe_0_", "--vcd-window", "0:100000000"},
                                      "b.json");
    CHECK(outcome.status == 0);
    CHECK(outcome.errors.empty());
    CHECK_THAT(outcome.output, !Contains("Info"));
    CHECK(read_bytes(bench.file("a.json")) == read_bytes(bench.file("b.json")));
    CHECK_THAT(read_bytes(bench.file("waves.vcd")), Contains("$enddefinitions") && Contains("busy"));
    const json timeline = json::parse(read_bytes(bench.file("timeline.json")));
    CHECK(timeline["traceEvents"].size() > 10);
}

TEST_CASE("tensors run in the widths that they need and match the hashes of their data set") {
    const TemporaryDirectory folder;
    const std::string results_file = folder.file("r.json");
    const auto run = [&](std::vector<std::string> more) {
        std::vector<std::string> arguments{"run", "scnn", "--tensors", folder.file("."), "--json", results_file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        Outcome outcome = run_program(arguments);
        INFO(outcome.errors);
        CHECK(outcome.status == 0);
        return outcome;
    };
    write_tensors(folder.file("."), 2);
    CHECK_THAT(run({}).output, Contains("operand.bits = 16") && Contains("accumulator.bits = 48"));
    json results = json::parse(read_bytes(results_file));
    CHECK(results["parameters"]["accumulator.bits"] == 48);
    CHECK(results["workload"]["photo"] == "cat");
    for (const auto& layer : results["layers"]) {
        CHECK(layer["output"]["format"] == "raw64");
        for (const char* check : {"values", "data_set_sha256", "data_set_products"}) {
            CHECK(layer["checks"][check] == "passed");
        }
    }

    run({"--output", "compressed"});
    results = json::parse(read_bytes(results_file));
    CHECK(results["layers"][0]["output"]["bias"] == true);
    CHECK(results["layers"][0]["checks"]["values"] == "passed");

    CHECK_THAT(run({"--set", "accumulator.bits=24"}).output,
               Contains("operand.bits = 16") && !Contains("accumulator.bits"));
    results = json::parse(read_bytes(results_file));
    CHECK(results["layers"][0]["overflows"] > 0);
    CHECK_THAT(results["layers"][0]["checks"]["data_set_sha256"], Contains("not done"));

    write_bytes(folder.file("c.json"), R"({"accumulator": {"bits": 40}})");
    run({"--config", folder.file("c.json")});
    CHECK(json::parse(read_bytes(results_file))["parameters"]["accumulator.bits"] == 40);

    write_tensors(folder.file("."), 2, true);
    CHECK_THAT(run({}).output, Contains("operand.bits = 9") && Contains("accumulator.bits = 32"));
}

TEST_CASE("a network selects from the tensors") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 2);
    const std::string network = folder.file("net.json");
    write_bytes(network, R"({"schema": 1, "name": "n", "layers": [
        {"name": "conv2", "in": [3, 9, 10], "inputs": ["input"], "out_channels": 5, "kernel": 3, "stride": 2,
         "pad": [1, 1, 0, 1]},
        {"name": "more", "out_channels": 4, "kernel": 1, "inputs": ["conv2"]}]})");
    const Outcome outcome = run_program(
        {"run", "scnn", "--network", network, "--tensors", folder.file("."), "--json", folder.file("r.json")});
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    const json results = json::parse(read_bytes(folder.file("r.json")));
    REQUIRE(results["layers"].size() == 1);
    CHECK(results["layers"][0]["checks"]["data_set_sha256"] == "passed");
    CHECK(results["workload"]["left_out_without_data"] == json{"more"});
    CHECK(results["totals"]["left_out"][0]["cause"] == "without_data");
    CHECK_THAT(outcome.output,
               Contains("left out: 1 of 2 layers") && Contains("\n  more: there are no tensors for it\n"));
    const Outcome named =
        run_program({"run", "scnn", "--network", network, "--tensors", folder.file("."), "--layers", "more"});
    CHECK(named.status == 2);
    CHECK_THAT(named.errors, Contains("no tensors for 'more'"));
}

TEST_CASE("a pool layer is worked behind the convolution before it, where the machine pools") {
    const TemporaryDirectory folder;
    const std::string network = folder.file("pooled.json");
    write_bytes(network, R"({"schema": 1, "name": "pooled", "input": [3, 20, 20], "layers": [
        {"name": "conv", "out_channels": 8, "kernel": 3, "pad": 1, "weight_density": 0.5, "activation_density": 0.6},
        {"name": "pool", "kind": "max_pool", "kernel": 3, "stride": 2}]})");
    for (const auto& [platform, pools] : {std::pair("scnn", true), std::pair("scnn_sparse_a", true),
                                          std::pair("dcnn", true), std::pair("systolic_ws", false)}) {
        INFO(platform);
        const Outcome outcome = run_program({"run", platform, "--network", network, "--json", folder.file("r.json")});
        INFO(outcome.errors);
        CHECK(outcome.status == 0);
        const json layer = json::parse(read_bytes(folder.file("r.json")))["layers"][0];
        CHECK(layer["checks"]["values"] == "passed");
        CHECK(layer["output"].contains("pooling") == pools);
        CHECK((layer["counters"].contains("pool_mesh.packets") && layer["counters"]["pool_mesh.packets"]["sum"] > 0) ==
              pools);
        if (pools) {
            CHECK(layer["output"]["pooling"]["layer"] == "pool");
            CHECK(layer["output"]["pooling"]["rows_columns"] == json{9, 9});
            const Outcome packed =
                run_program({"pack", platform, "--network", network, "--out", folder.file(platform)});
            CHECK(packed.status == 0);
            const json manifest = json::parse(read_bytes(folder.file(platform) + "/manifest.json"));
            CHECK(manifest["layers"][0]["pooling"] == layer["output"]["pooling"]);
        }
    }
}
