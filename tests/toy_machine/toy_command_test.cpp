// A machine that a program has registered, on that program's command line.

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>

#include <fstream>

#include "sc_main/command.h"
#include "tests/common/temporary_directory.h"
#include "tests/toy_machine/toy.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

[[maybe_unused]] const bool registered = (register_platform(toy::toy_platform()), true);

// Results of a command over one small network, whose exit status is `done`.
nlohmann::json results_of(std::vector<std::string> arguments) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("small.json")) << R"({
  "schema": 1, "name": "small", "title": "small", "density_source": "made up", "input": [6, 9, 9],
  "layers": [
    {"name": "conv1", "out_channels": 12, "kernel": 3, "pad": 1, "weight_density": 0.6, "activation_density": 0.9},
    {"name": "fc", "kind": "fully_connected", "out_channels": 10, "weight_density": 0.5, "activation_density": 0.5}
  ]
})";
    const std::string file = directory.file("results.json");
    arguments.insert(arguments.end(), {"--network", directory.file("small.json"), "--json", file});
    REQUIRE(run_command_line(arguments) == 0);
    return nlohmann::json::parse(std::ifstream(file));
}

void check_results(const nlohmann::json& run, std::uint64_t lanes, std::uint64_t depth) {
    CHECK(run.at("platform") == "toy");
    const std::uint64_t outputs[] = {12 * 9 * 9, 10};
    const std::uint64_t products[] = {6 * 3 * 3, 12 * 9 * 9};
    for (std::size_t n = 0; n < 2; ++n) {
        const nlohmann::json& layer = run.at("layers").at(n);
        CHECK(layer.at("cycles") == outputs[n] * ((products[n] + lanes - 1) / lanes) + depth);
        CHECK(layer.at("products") == outputs[n] * products[n]);
        CHECK(layer.at("energy_pj").at("multipliers") > 0);
        std::uint64_t cycles = 0;
        for (const auto& [cause, count] : layer.at("cycles_by_cause").items()) {
            cycles += count.get<std::uint64_t>();
        }
        CHECK(cycles == lanes * layer.at("cycles").get<std::uint64_t>());
    }
}

}  // namespace

TEST_CASE("the command runs the machine by its name") {
    const nlohmann::json run = results_of({"run", "toy", "--set", "engine.lanes=8"});
    CHECK(run.at("complete") == true);
    check_results(run, 8, 4);
}

TEST_CASE("the command compares the machine with others") {
    const nlohmann::json comparison = results_of({"compare", "toy", "demm"});
    const nlohmann::json& machines = comparison.at("masks").at(0).at("machines");
    check_results(machines.at(0), 16, 4);
    CHECK(machines.at(1).at("platform") == "demm");
}
