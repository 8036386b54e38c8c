// The sub-commands that show something: list, params, describe, help, version.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "tests/sc_main/program.h"
#include "workloads/describe.h"
#include "workloads/network.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

std::string shown(const std::vector<std::string>& arguments) {
    const Outcome outcome = run_program(arguments);
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    CHECK(outcome.errors.empty());
    return outcome.output;
}

}  // namespace

TEST_CASE("version and help") {
    CHECK(shown({"--version"}) == "nonzero 0.1.0\n");
    const std::string help = shown({"--help"});
    for (const char* command : {"run", "schedule", "tune", "pack", "list", "params", "describe"}) {
        CHECK_THAT(help, Contains(std::string("\n  ") + command));
        const std::string page = shown({command, "--help"});
        CHECK_THAT(page, Contains(std::string("usage: nonzero ") + command));
        CHECK_THAT(page, Contains(std::string("example: nonzero ") + command));
    }
    CHECK_THAT(shown({"run", "--help"}), Contains("--density-scale") && Contains("--vcd-window"));
}

TEST_CASE("the examples of the help run") {
    CHECK(run_program({"params", "scnn"}).status == 0);
    CHECK(run_program({"list", "networks"}).status == 0);
    CHECK(run_program({"schedule", "dual_opu", "--network", "mobilenet_v2", "--images", "2"}).status == 0);
    CHECK(run_program({"tune", "--networks", "mobilenet_v1,mobilenet_v2,squeezenet_1_1_224"}).status == 0);
    CHECK(run_program({"describe", "network", "vgg16"}).status == 0);
    CHECK(run_program(
              {"run", "scnn", "--network", "alexnet", "--layers", "conv3,conv4", "--set", "pe.rows=4", "--no-values"})
              .status == 0);
}

TEST_CASE("lists name everything") {
    const std::string all = shown({"list"});
    for (const std::string& network : builtin_networks()) {
        CHECK_THAT(all, Contains("\n  " + network + " "));
        CHECK_THAT(shown({"list", "networks"}), Contains("\n  " + network + " "));
    }
    CHECK_THAT(shown({"list", "platforms"}), Contains("scnn") && !Contains("alexnet"));
    CHECK_THAT(all, Contains("scnn"));
}

TEST_CASE("lists as JSON have the names of the tables") {
    const json all = json::parse(shown({"list", "--json"}));
    CHECK(all.size() == 5);
    REQUIRE(all["platforms"].size() == platform_registry().size());
    for (std::size_t n = 0; n < platform_registry().size(); ++n) {
        CHECK(all["platforms"][n] ==
              json{{"name", platform_registry()[n].name}, {"title", platform_registry()[n].title}});
    }
    REQUIRE(all["networks"].size() == builtin_networks().size());
    CHECK(all["networks"][0]["name"] == builtin_networks()[0]);
    CHECK(json::parse(shown({"list", "commands", "--json"})) == json{{"commands", all["commands"]}});
    CHECK(all["commands"][0]["name"] == "run");
    CHECK(all["machines"][0]["name"] == "dual_opu");
    CHECK(all["devices"][0] == json{{"name", "xc7k325t"}, {"title", "Kintex-7 XC7K325T"}});
}

TEST_CASE("parameters as a table and as JSON") {
    const auto rows = find_platform("scnn").make_parameters()->table.rows();
    const std::string table = shown({"params", "scnn"});
    const json list = json::parse(shown({"params", "scnn", "--json"}));
    REQUIRE(list.size() == rows.size());
    for (std::size_t n = 0; n < rows.size(); ++n) {
        CHECK_THAT(table, Contains("\n" + rows[n].name + " "));
        CHECK_THAT(table, Contains(rows[n].meaning));
        CHECK(list[n]["name"] == rows[n].name);
        CHECK(list[n]["range"] == rows[n].range);
        CHECK(list[n]["source"] == rows[n].source);
    }
    CHECK(list[0]["default"] == 8);
}

TEST_CASE("descriptions of networks and platforms") {
    CHECK(shown({"describe", "network", "alexnet"}) == describe(load_network("alexnet")));
    const std::string platform = shown({"describe", "platform", "scnn"});
    for (const char* text :
         {"64", "1024", "convolution, depthwise convolution, fully connected, load", "busy", "halo_finalise"}) {
        CHECK_THAT(platform, Contains(text));
    }
}

TEST_CASE("descriptions as JSON") {
    const json network = json::parse(shown({"describe", "network", "googlenet", "--json"}));
    const Network expected = load_network("googlenet");
    REQUIRE(network["layers"].size() == expected.layers.size());
    for (std::size_t n = 0; n < expected.layers.size(); ++n) {
        const json& layer = network["layers"][n];
        CHECK(layer["name"] == expected.layers[n].name);
        CHECK(layer["inputs"] == expected.layers[n].inputs);
        CHECK(layer["out"] == json{expected.layers[n].K, expected.layers[n].P(), expected.layers[n].Q()});
        CHECK(layer["dense_macs"] == expected.layers[n].dense_macs());
    }
    const json platform = json::parse(shown({"describe", "platform", "scnn", "--json"}));
    CHECK(platform["units"] == 64);
    CHECK(platform["multipliers"] == 1024);
    CHECK(platform["operations"] == json{"convolution", "depthwise convolution", "fully connected", "load"});
    CHECK(platform["cycles_by_cause"][0] == "busy");
}

TEST_CASE("the options of a command as its help and as JSON") {
    CHECK(shown({"describe", "command", "pack"}) == shown({"pack", "--help"}));
    const json options = json::parse(shown({"describe", "command", "run", "--json"}))["options"];
    const std::string help = shown({"run", "--help"});
    for (const json& option : options) {
        const std::string takes = option["takes"].is_null() ? "" : " " + option["takes"].get<std::string>();
        CHECK_THAT(help, Contains("--" + option["name"].get<std::string>() + takes));
        CHECK(option["repeatable"] == (option["name"] == "set"));
    }
    CHECK_THAT(run_program({"describe", "command", "rum"}).errors, Contains("did you mean 'run'"));
    CHECK(run_program({"describe", "command", "rum"}).status == 2);
}
