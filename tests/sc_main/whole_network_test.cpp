// A data set as one network through the built command.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"
#include "tests/workloads/small_graph.h"
#include "workloads/quantised_network.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

class GraphFolder : public SmallFolder {
  public:
    explicit GraphFolder(const ordered_json& network = small_graph()) { write_small_graph(data(), network); }
    std::string data() const { return file("net"); }
    std::string expected_sha256() const {
        const RealNetwork network = RealNetwork::open(data());
        return sha256_of(walk_network(QuantisedNetwork(network), ""));
    }
    Outcome run(const std::string& platform, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{
            "run", platform, "--tensors", data(), "--whole-network", "--json", file("results.json")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_program(arguments);
    }
    void check_refused(const std::string& platform, const std::vector<std::string>& more,
                       const std::string& message) const {
        const Outcome outcome = run(platform, more);
        CHECK(outcome.status == 2);
        CHECK_THAT(outcome.errors, Contains(message));
        CHECK(lines_in(outcome.errors) == 1);
    }
};

void check_all_passed(const json& results) {
    CHECK(results["complete"] == true);
    for (const json& layer : results["layers"]) {
        for (const auto& check : layer["checks"].items()) {
            INFO(layer["name"] << " " << check.key());
            CHECK((check.value() == "passed" || check.value() == "not done: the layers before made another input than "
                                                                 "the stored one"));
        }
    }
    CHECK(results["layers"].back()["checks"]["network_sha256"] == "passed");
}

}  // namespace

TEST_CASE("every platform runs a network from its input to its last layer") {
    const GraphFolder folder;
    const std::string expected = folder.expected_sha256();
    for (const PlatformKind& kind : platform_registry()) {
        const Outcome outcome = folder.run(kind.name);
        INFO(kind.name << ": " << outcome.errors);
        CHECK(outcome.status == 0);
        const json results = folder.results();
        check_all_passed(results);
        CHECK(results["network"]["output"]["layer"] == "e");
        CHECK(results["network"]["output"]["sha256"] == expected);
    }
}

TEST_CASE("the results of a network hold what ran, its edges and its schedule") {
    const GraphFolder folder;
    const Outcome outcome = folder.run("demm");
    CHECK_THAT(outcome.output, Contains("one network from its input on"));
    CHECK_THAT(outcome.output, Contains("the last layer's output has SHA-256 " + folder.expected_sha256()));
    const json results = folder.results();
    CHECK(results["schema"] == 1);
    CHECK(results["network"]["layers"] == 5);
    CHECK(results["network"]["element_type"] == "int8");
    CHECK(results["network"]["cores"] == json{"demm"});
    CHECK(results["network"]["edges"]["c"] == json{{"op", {"add"}}, {"of", {"y:b", "x:b"}}, {"relu", true}});
    const json& output = results["layers"][1]["output"];
    CHECK(output["bits"] == 9);
    CHECK(output["zero_point"] == 7);
    CHECK(output["relu"] == false);
    CHECK_FALSE(output.contains("right_shift"));
    CHECK(output["sha256"].get<std::string>().size() == 64);
    std::uint64_t cycle = 0;
    REQUIRE(results["schedule"].size() == 5);
    for (std::size_t n = 0; n < 5; ++n) {
        const json& place = results["schedule"][n];
        CHECK(place["layer"] == results["layers"][n]["name"]);
        CHECK(place["core"] == "demm");
        CHECK(place["begin_cycle"] == cycle);
        cycle += results["layers"][n]["cycles"].get<std::uint64_t>();
        CHECK(place["end_cycle"] == cycle);
    }
    CHECK(cycle == results["totals"]["cycles"]);
    CHECK(results["totals"]["macs_share"] == 1);
}

TEST_CASE("a network is one task, whatever the jobs") {
    const GraphFolder folder;
    REQUIRE(folder.run("scnn").status == 0);
    const std::string alone = read_bytes(folder.file("results.json"));
    REQUIRE(folder.run("scnn", {"--jobs", "3"}).status == 0);
    CHECK(read_bytes(folder.file("results.json")) == alone);
}

TEST_CASE("machines are compared on a network, each on its own outputs") {
    const GraphFolder folder;
    const Outcome outcome = run_program({"compare", "scnn", "demm", "--tensors", folder.data(), "--whole-network",
                                         "--json", folder.file("results.json")});
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    const json machines = folder.results()["masks"][0]["machines"];
    REQUIRE(machines.size() == 2);
    for (const json& machine : machines) {
        CHECK(machine["network"]["output"]["sha256"] == folder.expected_sha256());
        CHECK(machine["schedule"].back()["end_cycle"] == machine["totals"]["cycles"]);
    }
}

TEST_CASE("layers by themselves have no network in their results") {
    const GraphFolder folder;
    const Outcome outcome =
        run_program({"run", "demm", "--tensors", folder.data(), "--json", folder.file("results.json")});
    CHECK(outcome.status == 0);
    CHECK_FALSE(folder.results().contains("network"));
    CHECK_FALSE(folder.results().contains("schedule"));
}

TEST_CASE("options that leave no whole network are refused") {
    const GraphFolder folder;
    folder.check_refused("demm", {"--layers", "a"}, "--whole-network and --layers exclude each other");
    folder.check_refused("demm", {"--kinds", "convolution"}, "--whole-network and --kinds exclude each other");
    folder.check_refused("demm", {"--sparsity", "uniform"}, "--whole-network and --sparsity exclude each other");
    folder.check_refused("demm", {"--output", "raw64"}, "--whole-network and --output exclude each other");
    folder.check_refused("demm", {"--no-values"}, "--no-values and --whole-network exclude each other");
    folder.check_refused("demm", {"--photo", "dog"}, "has no photo 'dog'");
    folder.check_refused("demm", {"--set", "operand.bits=8"}, "tensors of 9 bits do not fit operand.bits = 8");
    const Outcome outcome = run_program({"run", "demm", "--network", "alexnet", "--whole-network"});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.errors, Contains("--whole-network has no effect without --tensors"));
}

TEST_CASE("a layer that does not run is named, and so is what a network needs and lacks") {
    ordered_json network = small_graph();
    network["layers"][1]["dilation"] = {2, 2};
    GraphFolder(network).check_refused("scnn", {}, "layer 'b': scnn has no dilated convolution");
    network = small_graph();
    network["layers"][3].erase("oscale");
    GraphFolder(network).check_refused("demm", {}, "layer 'd', field 'oscale': missing");
    network = small_graph();
    network["edges"]["c"]["of"][0] = "y:f";
    GraphFolder(network).check_refused("demm", {}, "edge of layer 'c', field 'of': there is no layer 'f'");
}
