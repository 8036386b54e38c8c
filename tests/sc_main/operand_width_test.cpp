// Generated data on machines of every operand width.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

namespace {

class Bench : public SmallFolder {
  public:
    nlohmann::json results(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--network", network(), "--json", file("results.json")});
        const Outcome outcome = run_program(arguments);
        INFO(outcome.errors);
        REQUIRE(outcome.status == 0);
        return SmallFolder::results();
    }
};

std::string width(int bits) {
    return fmt::format("operand.bits={}", bits);
}

}  // namespace

TEST_CASE("every platform runs generated data at every operand width") {
    const Bench bench;
    for (const PlatformKind& kind : platform_registry()) {
        std::map<int, nlohmann::json> found;
        for (int bits = 2; bits <= 16; ++bits) {
            INFO(kind.name << " at " << bits << " bits");
            found[bits] = bench.results({"run", kind.name, "--set", width(bits)});
            const auto& results = found[bits];
            CHECK(results["complete"] == true);
            CHECK(results["workload"]["operand_bits"] == bits);
            for (std::size_t n = 0; n < results["layers"].size(); ++n) {
                const auto& layer = results["layers"][n];
                CHECK(layer["checks"]["values"] == "passed");
                CHECK(layer["output"]["bits"] == std::min(bits, 8));
                // The zeros are where they are at any width, so nothing takes another time.
                CHECK(layer["cycles"] == found[2]["layers"][n]["cycles"]);
                CHECK(layer["weights"] == found[2]["layers"][n]["weights"]);
                CHECK(layer["activations"] == found[2]["layers"][n]["activations"]);
            }
        }
    }
}

TEST_CASE("the matrices of a pattern run at every operand width") {
    const Bench bench;
    for (const PlatformKind& kind : platform_registry()) {
        for (const int bits : {2, 5, 7, 8}) {
            INFO(kind.name << " at " << bits << " bits");
            const auto results = bench.results({"run", kind.name, "--nm", "2:4", "--set", width(bits)});
            for (const auto& layer : results["layers"]) {
                CHECK(layer["checks"]["values"] == "passed");
            }
        }
    }
}

TEST_CASE("machines that are compared share the values of the narrowest") {
    const Bench bench;
    const auto results = bench.results({"compare", "scnn", "dcnn", "demm", "--set", "demm:operand.bits=6"});
    CHECK(results["workload"]["operand_bits"] == 6);
    const auto wide = bench.results({"compare", "scnn", "demm"});
    CHECK(wide["workload"]["operand_bits"] == 9);
}

TEST_CASE("the line above a table names a width that changes the values") {
    const Bench bench;
    const auto line = [&](int bits) {
        return run_program({"run", "scnn", "--network", bench.network(), "--set", width(bits)}).output;
    };
    CHECK_THAT(line(8), Contains("seed 1, values of 8 bits;"));
    CHECK_THAT(line(9), Contains("seed 1;") && Contains("8 bits)"));
    CHECK_THAT(line(4), Contains("seed 1, values of 4 bits;") && Contains("per layer, 4 bits)"));
}

TEST_CASE("bytes in DRAM follow their width, and nothing else does") {
    const Bench bench;
    for (const char* const platform : {"scnn", "scnn_sparse_a", "scnn_sparse_w", "dcnn", "dcnn_opt"}) {
        const auto at = [&](int stored) {
            return bench.results(
                {"run", platform, "--set", width(4), "--set", fmt::format("dram.operand_bits={}", stored)});
        };
        const auto wide = at(16);
        CHECK(wide == bench.results({"run", platform, "--set", width(4)}));
        for (const int stored : {4, 7, 8, 12}) {
            INFO(platform << ", stored in " << stored << " bits");
            const auto narrow = at(stored);
            for (std::size_t n = 0; n < narrow["layers"].size(); ++n) {
                const auto& layer = narrow["layers"][n];
                CHECK(layer["checks"]["values"] == "passed");
                CHECK(layer["cycles"] == wide["layers"][n]["cycles"]);
            }
            const auto bytes = [](const nlohmann::json& results) {
                return results["totals"]["traffic"]["dram_weight_bytes"].get<double>();
            };
            // Dense: values only. Compressed: with runs of 4 bits and counts.
            const bool dense = std::string(platform) == "scnn_sparse_a" || std::string(platform).starts_with("dcnn");
            const double expected = dense ? stored / 16.0 : (stored + 4) / 20.0;
            CHECK(bytes(narrow) / bytes(wide) == Approx(expected).margin(dense ? 0.01 : 0.06));
            CHECK(bytes(narrow) < bytes(wide));
            CHECK(narrow["totals"]["traffic"]["dram_write_bytes"] < wide["totals"]["traffic"]["dram_write_bytes"]);
        }
    }
}

TEST_CASE("operands wider than their place in DRAM are refused") {
    const Bench bench;
    for (const char* const platform : {"scnn", "dcnn_opt"}) {
        const Outcome outcome =
            run_program({"run", platform, "--network", bench.network(), "--set", "dram.operand_bits=8"});
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("dram.operand_bits = 8") && Contains("operand.bits = 16"));
    }
}
