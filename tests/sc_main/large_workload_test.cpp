// Files of very many layers or inputs take time in proportion. Measured in the user time of the command, against itself
// at a quarter of the size: four times the work takes four times the time and, in proportion to the square, sixteen.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using nlohmann::json;

namespace {

constexpr int kMany = 10000;
constexpr int kTimes = 4;
constexpr double kMostGrowth = 8;  // between kTimes and its square

double user_seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return double(usage.ru_utime.tv_sec) + 1e-6 * double(usage.ru_utime.tv_usec);
}

// The smaller of two runs, less what the command needs in any case.
double seconds_of(const std::vector<std::string>& arguments) {
    double best = 1e9;
    for (int run = 0; run < 2; ++run) {
        const double before = user_seconds_of_children();
        const Outcome outcome = run_program(arguments);
        INFO(outcome.errors);
        REQUIRE(outcome.status == 0);
        best = std::min(best, user_seconds_of_children() - before);
    }
    return best;
}

// make(n) writes what the arguments name, with n layers or inputs.
void check_growth(const std::function<void(int)>& make, const std::vector<std::string>& arguments) {
    make(1);
    const double least = seconds_of(arguments);
    make(kMany);
    const double few = seconds_of(arguments) - least;
    make(kTimes * kMany);
    const double many = seconds_of(arguments) - least;
    INFO(few << " s for " << kMany << ", " << many << " s for " << kTimes * kMany);
    CHECK(many < kMostGrowth * std::max(few, 0.02));
}

std::string network_of(int layers) {
    std::string text = R"({"schema": 1, "name": "long", "input": [1, 2, 2], "layers": [)";
    for (int n = 0; n < layers; ++n) {
        text += fmt::format(R"({}{{"name": "layer{}", "out_channels": 1, "kernel": 1, "weight_density": 1,
                                "activation_density": 1, "density_source": "source {}"}})",
                            n == 0 ? "" : ",", n, n);
    }
    return text + "]}";
}

}  // namespace

TEST_CASE("a network of very many layers is read and described in proportion") {
    const SmallFolder folder;
    check_growth([&](int layers) { write_bytes(folder.file("net.json"), network_of(layers)); },
                 {"describe", "network", folder.file("net.json")});
}

TEST_CASE("one of very many layers runs, in proportion to their number") {
    const SmallFolder folder;
    check_growth([&](int layers) { write_bytes(folder.file("net.json"), network_of(layers)); },
                 {"run", "scnn", "--network", folder.file("net.json"), "--layers", "layer0", "--no-values"});
}

TEST_CASE("a data set of very many layers is read in proportion, with its network too") {
    const SmallFolder folder;
    write_tensors(folder.file(""), 1);
    const json good = json::parse(read_bytes(folder.file("network.json")));
    const auto make = [&](int layers) {
        json set = good;
        std::string network = R"({"schema": 1, "name": "long", "layers": [)";
        for (int n = 1; n <= layers; ++n) {
            set["layers"][std::size_t(n - 1)] = good["layers"][0];
            set["layers"][std::size_t(n - 1)]["name"] = fmt::format("conv{}", n);
            network += fmt::format(R"({}{{"name": "conv{}", "inputs": ["input"], "in": [3, 9, 10], "out_channels": 5,
                                       "kernel": 3, "pad": [1, 1, 0, 1]}})",
                                   n == 1 ? "" : ",", n);
        }
        write_bytes(folder.file("network.json"), set.dump());
        write_bytes(folder.file("net.json"), network + "]}");
    };
    check_growth(make, {"run", "scnn", "--tensors", folder.file(""), "--network", folder.file("net.json"), "--layers",
                        "conv1", "--no-values"});
}

TEST_CASE("a data set of very many inputs is read in proportion") {
    const SmallFolder folder;
    write_tensors(folder.file(""), 1);
    const json good = json::parse(read_bytes(folder.file("network.json")));
    const auto make = [&](int photos) {
        json set = good;
        for (int n = 1; n < photos; ++n) {
            set["layers"][0]["photos"][fmt::format("photo{}", n)] = good["layers"][0]["photos"]["cat"];
        }
        write_bytes(folder.file("network.json"), set.dump());
    };
    check_growth(make, {"run", "scnn", "--tensors", folder.file(""), "--photo", "cat", "--no-values"});
}
