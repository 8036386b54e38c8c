// Layers in parallel processes.

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

// Children of a process, from the kernel's own list.
std::vector<pid_t> children_of(pid_t process) {
    const std::string id = std::to_string(process);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    std::vector<pid_t> children;
    for (pid_t child = 0; list >> child;) {
        children.push_back(child);
    }
    return children;
}

bool wait_for(const std::function<bool()>& condition) {
    for (int tries = 0; tries < 6000; ++tries) {
        if (condition()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

// Its second and third layer take seconds.
constexpr const char* kSlowNetwork = R"({"schema": 1, "name": "n", "input": [8, 14, 14], "layers": [
    {"name": "fast", "out_channels": 512, "kernel": 1, "weight_density": 0.5, "activation_density": 0.5},
    {"name": "slow", "in": [512, 14, 14], "out_channels": 2048, "kernel": 3, "pad": 1, "weight_density": 1,
     "activation_density": 1},
    {"name": "slower", "out_channels": 2048, "kernel": 3, "pad": 1, "weight_density": 1,
     "activation_density": 1}]})";

}  // namespace

TEST_CASE("any number of workers gives the same bytes") {
    const SmallFolder folder;
    const auto run = [&](const std::string& jobs, std::vector<std::string> more) {
        const std::string file = folder.file("r" + jobs + ".json");
        std::vector<std::string> arguments{"run",    "scnn", "--network", folder.network(),
                                           "--jobs", jobs,   "--json",    file};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = run_program(arguments);
        INFO(outcome.errors);
        CHECK(outcome.status == 0);
        return outcome.output + outcome.errors + read_bytes(file);
    };
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{}, {"--no-values"}, {"--output", "raw64", "--counters", "all"}}) {
        const std::string alone = run("1", more);
        CHECK(run("2", more) == alone);
        CHECK(run("7", more) == alone);
    }
}

TEST_CASE("a bad layer keeps the finished ones, whoever ran them") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 3);
    const std::string archive = read_bytes(folder.file("conv3.npz"));
    write_bytes(folder.file("conv3.npz"), archive.substr(0, archive.size() / 2));
    const Outcome outcome = run_program(
        {"run", "scnn", "--tensors", folder.file("."), "--jobs", "2", "--json", folder.file("results.json")});
    CHECK(outcome.status == 2);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("conv3.npz"));
}

TEST_CASE("waves and impossible numbers of workers are refused") {
    const SmallFolder folder;
    const auto refused = [&](const std::vector<std::string>& more, const std::string& why) {
        std::vector<std::string> arguments{"run", "scnn", "--network", folder.network()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = run_program(arguments);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains(why));
    };
    refused({"--jobs", "2", "--vcd", folder.file("w.vcd")}, "--vcd");
    refused({"--jobs", "2", "--timeline", folder.file("t.json")}, "--timeline");
    refused({"--jobs", "0"}, "--jobs");
    refused({"--jobs", "99999"}, "--jobs");
    refused({"--jobs", "two"}, "--jobs");
}

TEST_CASE("an interrupt ends the workers and leaves the finished layers") {
    const TemporaryDirectory folder;
    write_bytes(folder.file("net.json"), kSlowNetwork);
    const std::string results_file = folder.file("results.json");
    std::vector<pid_t> workers;
    ProgramOptions options;
    options.while_running = [&](pid_t child) {
        wait_for([&] { return children_of(child).size() == 3; });
        workers = children_of(child);
        wait_for([&] { return std::filesystem::exists(results_file); });
        ::kill(child, SIGINT);
    };
    const Outcome outcome = run_program(
        {"run", "scnn", "--network", folder.file("net.json"), "--jobs", "3", "--json", results_file}, options);
    CHECK(outcome.status == 130);
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.errors, Contains("interrupted: 1 of 3 layers") && Contains("results.json"));
    const json results = json::parse(read_bytes(results_file));
    CHECK(results["complete"] == false);
    CHECK(results["layers"].size() == 1);
    REQUIRE(workers.size() == 3);
    for (const pid_t worker : workers) {
        CHECK(wait_for([&] { return ::kill(worker, 0) != 0; }));
    }
}

TEST_CASE("a worker that dies is told by its layer") {
    struct Case {
        int signal;
        int status;
        const char* named;
    };
    // Killed from outside, as for want of memory; by a fault of its own.
    for (const Case& each : {Case{SIGKILL, 4, "--jobs"}, Case{SIGSEGV, 3, "Segmentation fault"}}) {
        const TemporaryDirectory folder;
        write_bytes(folder.file("net.json"), kSlowNetwork);
        const std::string results_file = folder.file("results.json");
        ProgramOptions options;
        options.while_running = [&](pid_t child) {
            wait_for([&] { return std::filesystem::exists(results_file); });
            for (const pid_t worker : children_of(child)) {
                ::kill(worker, each.signal);
            }
        };
        const Outcome outcome = run_program(
            {"run", "scnn", "--network", folder.file("net.json"), "--jobs", "3", "--json", results_file}, options);
        CHECK(outcome.status == each.status);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("layer 'slow'") && Contains(each.named));
        CHECK(json::parse(read_bytes(results_file))["layers"].size() == 1);
    }
}
