// What the host cannot give (memory, files, processes, disk) is one line and exit status 4, and never a result.

#include <sys/resource.h>
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

namespace {

ProgramOptions limited(int resource, rlim_t value) {
    ProgramOptions options;
    options.before_start = [resource, value] {
        const rlimit limit{value, value};
        ::setrlimit(__rlimit_resource_t(resource), &limit);
    };
    return options;
}

void check_host_failure(const Outcome& outcome) {
    INFO(outcome.errors);
    CHECK(outcome.status == 4);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, StartsWith("nonzero: "));
}

// Address space in which the command can say its version.
rlim_t smallest_start() {
    for (rlim_t megabytes = 16;; megabytes += 4) {
        if (run_program({"--version"}, limited(RLIMIT_AS, megabytes << 20)).status == 0) {
            return megabytes << 20;
        }
    }
}

}  // namespace

TEST_CASE("with too little memory no layer is refused by its machine") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("net.json"), R"({"schema": 1, "name": "n", "input": [32, 64, 64], "layers": [
        {"name": "conv", "out_channels": 128, "kernel": 1, "weight_density": 0.2, "activation_density": 0.2}]})");
    const rlim_t start = smallest_start();
    for (const std::string platform : {"scnn", "demm"}) {
        std::set<int> statuses;
        for (rlim_t more = 0; !statuses.contains(0) && more < 512; more += 8) {
            const Outcome outcome = run_program({"run", platform, "--network", folder.file("net.json")},
                                                limited(RLIMIT_AS, start + (more << 20)));
            statuses.insert(outcome.status);
            if (outcome.status != 0) {
                INFO(platform << " with " << more << " MiB more");
                check_host_failure(outcome);
            }
        }
        CHECK(statuses == std::set<int>{0, 4});
    }
}

TEST_CASE("memory that runs out where destructors allocate is a failure of the host too") {
    const TemporaryDirectory folder;
    std::string layers;
    for (int n = 0; n < 20000; ++n) {
        layers += (n == 0 ? "" : ",") + ("{\"name\": \"layer" + std::to_string(n)) +
                  "\", \"out_channels\": 2, \"kernel\": 1}";
    }
    write_bytes(folder.file("long.json"),
                R"({"schema": 1, "name": "n", "input": [2, 2, 2], "layers": [)" + layers + "]}");
    const rlim_t start = smallest_start();
    std::set<int> statuses;
    for (rlim_t more = 0; !statuses.contains(0) && more < 256; more += 1) {
        const Outcome outcome =
            run_program({"describe", "network", folder.file("long.json")}, limited(RLIMIT_AS, start + (more << 20)));
        statuses.insert(outcome.status);
        if (outcome.status != 0) {
            INFO("with " << more << " MiB more");
            check_host_failure(outcome);
        }
    }
    CHECK(statuses == std::set<int>{0, 4});
}

TEST_CASE("a layer that the memory does not hold names itself, and the layers before it stay") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("net.json"), R"({"schema": 1, "name": "n", "input": [8, 1, 1], "layers": [
        {"name": "small", "kind": "fully_connected", "out_channels": 16384, "weight_density": 1,
         "activation_density": 1},
        {"name": "large", "kind": "fully_connected", "out_channels": 16384, "weight_density": 1,
         "activation_density": 1}]})");
    for (const std::string jobs : {"1", "2"}) {
        const Outcome outcome = run_program({"run", "scnn", "--network", folder.file("net.json"), "--jobs", jobs,
                                             "--json", folder.file("results.json")},
                                            limited(RLIMIT_AS, rlim_t{400} << 20));
        check_host_failure(outcome);
        CHECK_THAT(outcome.errors, Contains("layer 'large'") && Contains("memory"));
        const json results = json::parse(read_bytes(folder.file("results.json")));
        CHECK(results["complete"] == false);
        REQUIRE(results["layers"].size() == 1);
        CHECK(results["layers"][0]["name"] == "small");
    }
}

TEST_CASE("too few files are the host's failure") {
    const SmallFolder folder;
    const std::vector<std::string> arguments{"run",        "scnn",
                                             "--network",  folder.network(),
                                             "--layers",   "conv1",
                                             "--json",     folder.file("r.json"),
                                             "--vcd",      folder.file("w.vcd"),
                                             "--timeline", folder.file("t.json")};
    bool enough = false;
    for (rlim_t files = 3; !enough; ++files) {
        REQUIRE(files < 40);
        const Outcome outcome = run_program(arguments, limited(RLIMIT_NOFILE, files));
        enough = outcome.status == 0;
        // The program itself cannot be loaded with a file too few.
        if (!enough && outcome.errors.find("shared libraries") == std::string::npos) {
            INFO(files);
            check_host_failure(outcome);
        }
    }
}

TEST_CASE("waves and timelines on a full disk are the host's failure") {
    const SmallFolder folder;
    for (const std::string option : {"--vcd", "--timeline"}) {
        ProgramOptions options;
        options.largest_file = 1000;
        const Outcome outcome = run_program(
            {"run", "scnn", "--network", folder.network(), "--layers", "conv1", option, folder.file("w.vcd")}, options);
        check_host_failure(outcome);
        CHECK_THAT(outcome.errors, Contains("w.vcd"));
    }
}
