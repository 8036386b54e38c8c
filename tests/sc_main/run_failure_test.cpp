// What is left when a run does not end well.

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

std::size_t entries(const std::string& folder) {
    return std::size_t(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("results of finished layers stay when a later one is bad") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 3);
    const std::string archive = read_bytes(folder.file("conv2.npz"));
    write_bytes(folder.file("conv2.npz"), archive.substr(0, archive.size() / 2));
    const Outcome outcome =
        run_program({"run", "scnn", "--tensors", folder.file("."), "--json", folder.file("results.json")});
    CHECK(outcome.status == 2);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("conv2.npz"));
    const json results = json::parse(read_bytes(folder.file("results.json")));
    CHECK(results["complete"] == false);
    REQUIRE(results["layers"].size() == 1);
    CHECK(results["layers"][0]["checks"]["values"] == "passed");
    CHECK(json::parse(read_bytes(folder.file("results.host.json")))["layers"].size() == 1);
}

TEST_CASE("a data set that says something else is a failed check, and the other layers run") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 3, false, "conv1", "conv2");
    const Outcome outcome =
        run_program({"run", "scnn", "--tensors", folder.file("."), "--json", folder.file("results.json")});
    CHECK(outcome.status == 1);
    CHECK(lines_in(outcome.errors) == 2);
    CHECK_THAT(outcome.errors, Contains("check failed: layer 'conv1'") && Contains("SHA-256") &&
                                   Contains("check failed: layer 'conv2'") && Contains("useful products"));
    const json results = json::parse(read_bytes(folder.file("results.json")));
    CHECK(results["complete"] == true);
    REQUIRE(results["layers"].size() == 3);
    CHECK(results["layers"][0]["checks"]["data_set_sha256"] == "failed");
    CHECK(results["layers"][0]["checks"]["values"] == "passed");
    CHECK(results["layers"][1]["checks"]["data_set_products"] == "failed");
    CHECK(results["layers"][2]["checks"]["data_set_sha256"] == "passed");
}

TEST_CASE("a full disk leaves no results, of an earlier run neither") {
    const SmallFolder folder;
    const std::vector<std::string> arguments{"run",      "scnn",  "--network", folder.network(),
                                             "--layers", "conv1", "--json",    folder.file("results.json")};
    REQUIRE(run_program(arguments).status == 0);
    const std::size_t files = entries(folder.file("."));
    ProgramOptions options;
    options.largest_file = 1000;
    const Outcome outcome = run_program(arguments, options);
    CHECK(outcome.status == 4);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("--json") && Contains("results.json"));
    CHECK_FALSE(std::filesystem::exists(folder.file("results.json")));
    CHECK(entries(folder.file(".")) == files - 2);  // with the host times, and no temporary file
}

TEST_CASE("a full device and a closed output are told") {
    const SmallFolder folder;
    const Outcome outcome =
        run_program({"run", "scnn", "--network", folder.network(), "--layers", "conv1", "--json", "/dev/full"});
    CHECK(outcome.status == 4);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("/dev/full"));
    CHECK(std::filesystem::is_character_file("/dev/full"));
}

TEST_CASE("a full disk while packing leaves no manifest") {
    const SmallFolder folder;
    const std::vector<std::string> arguments{"pack",           "scnn",  "--network",
                                             folder.network(), "--out", folder.file("image")};
    REQUIRE(run_program(arguments).status == 0);
    ProgramOptions options;
    options.largest_file = 600;
    const Outcome outcome = run_program(arguments, options);
    CHECK(outcome.status == 4);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("--out") && Contains(".bin"));
    CHECK_FALSE(std::filesystem::exists(folder.file("image/manifest.json")));
}

TEST_CASE("an interrupt inside a layer leaves the finished ones") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("net.json"), R"({"schema": 1, "name": "n", "input": [8, 14, 14], "layers": [
        {"name": "fast", "out_channels": 512, "kernel": 1, "weight_density": 0.5, "activation_density": 0.5},
        {"name": "slow", "in": [512, 14, 14], "out_channels": 2048, "kernel": 3, "pad": 1, "weight_density": 1,
         "activation_density": 1},
        {"name": "slower", "out_channels": 2048, "kernel": 3, "pad": 1, "weight_density": 1,
         "activation_density": 1}]})");
    const std::string results_file = folder.file("results.json");
    const std::string timeline_file = folder.file("timeline.json");
    ProgramOptions options;
    options.while_running = [&](pid_t child) {
        for (int tries = 0; tries < 6000 && !std::filesystem::exists(results_file); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ::kill(child, SIGINT);
    };
    const Outcome outcome =
        run_program({"run", "scnn", "--network", folder.file("net.json"), "--json", results_file}, options);
    CHECK(outcome.status == 130);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("interrupted: 1 of 3 layers") && Contains("results.json"));
    const json results = json::parse(read_bytes(results_file));
    CHECK(results["complete"] == false);
    CHECK(results["layers"].size() == 1);
    CHECK_THAT(outcome.output, Contains("fast"));
    CHECK(entries(folder.file(".")) == 3);  // no temporary file
}

TEST_CASE("an interrupt between two steps of the simulation completes the timeline") {
    const TemporaryDirectory folder;
    // Small groups of channels, so that the simulation comes to a step soon; many of them, so that it lasts.
    write_bytes(folder.file("net.json"), R"({"schema": 1, "name": "n", "input": [64, 14, 14], "layers": [
        {"name": "long", "out_channels": 65536, "kernel": 3, "pad": 1, "weight_density": 0.2,
         "activation_density": 0.2}]})");
    const std::string timeline_file = folder.file("timeline.json");
    ProgramOptions options;
    options.while_running = [&](pid_t child) {
        const auto begun = [&] {
            std::error_code error;
            const auto size = std::filesystem::file_size(timeline_file, error);
            return !error && size > 10000;
        };
        for (int tries = 0; tries < 6000 && !begun(); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ::kill(child, SIGINT);
    };
    const Outcome outcome = run_program(
        {"run", "scnn", "--network", folder.file("net.json"), "--no-values", "--timeline", timeline_file}, options);
    CHECK(outcome.status == 130);
    CHECK_THAT(outcome.errors, Contains("interrupted: 0 of 1 layers"));
    CHECK(json::parse(read_bytes(timeline_file))["traceEvents"].size() > 10);
}
