// Threads inside of a layer: the same bytes for any number of them.

#include <catch2/catch.hpp>
#include <regex>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

namespace {

// Everything that a run says and writes.
std::string bytes_of_run(const SmallFolder& folder, const std::string& platform, const std::string& threads,
                         const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"run",   platform, "--network",           folder.network(), "--threads",
                                       threads, "--json", folder.file("r.json"), "--counters",     "all"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const bool waves = std::find(more.begin(), more.end(), "--vcd") != more.end();
    const Outcome outcome = run_program(arguments);
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    std::string all = outcome.output + outcome.errors + read_bytes(folder.file("r.json"));
    if (waves) {
        // The date of a wave file is the host's.
        static const std::regex date("\\$date[^$]*\\$end");
        all += std::regex_replace(read_bytes(folder.file("w.vcd")), date, "") + read_bytes(folder.file("t.json"));
    }
    return all;
}

void check_threads(const std::string& platform, const std::vector<std::string>& more) {
    INFO(platform);
    const SmallFolder folder;
    std::vector<std::string> options;
    for (const std::string& option : more) {
        options.push_back(option.ends_with(".vcd") || option.ends_with(".json") ? folder.file(option) : option);
    }
    const std::string alone = bytes_of_run(folder, platform, "1", options);
    CHECK(alone.size() > 1000);
    for (const char* threads : {"2", "3", "8"}) {
        CHECK((bytes_of_run(folder, platform, threads, options) == alone));
    }
}

}  // namespace

TEST_CASE("any number of threads gives the same values, counters and waves") {
    for (const char* platform : {"scnn", "scnn_sparse_a", "dcnn", "dcnn_opt", "demm", "systolic_ws", "s2ta"}) {
        check_threads(platform, {"--vcd", "w.vcd", "--timeline", "t.json"});
    }
    check_threads("scnn", {"--output", "raw64", "--set", "weights.skew=fifo"});
}

TEST_CASE("any number of threads counts the same") {
    for (const char* platform :
         {"scnn", "scnn_sparse_w", "dcnn", "demm", "systolic_os", "systolic_is", "vegeta", "spots", "tensor_core_24"}) {
        check_threads(platform, {"--no-values"});
    }
}

TEST_CASE("threads and jobs together give the same bytes") {
    const SmallFolder folder;
    const std::string alone = bytes_of_run(folder, "scnn", "1", {});
    CHECK(bytes_of_run(folder, "scnn", "3", {"--jobs", "2"}) == alone);
    const auto compare = [&](const std::string& threads) {
        const Outcome outcome = run_program({"compare", "scnn", "dcnn", "demm", "--network", folder.network(),
                                             "--threads", threads, "--json", folder.file("c.json")});
        CHECK(outcome.status == 0);
        return outcome.output + outcome.errors + read_bytes(folder.file("c.json"));
    };
    CHECK(compare("1") == compare("3"));
}

TEST_CASE("data that are made ahead fail in their layer's turn") {
    const TemporaryDirectory folder;
    write_tensors(folder.file("."), 3);
    const std::string archive = read_bytes(folder.file("conv3.npz"));
    write_bytes(folder.file("conv3.npz"), archive.substr(0, archive.size() / 2));
    const auto run = [&](const std::string& threads) {
        const Outcome outcome = run_program({"run", "scnn", "--tensors", folder.file("."), "--threads", threads,
                                             "--json", folder.file("results.json")});
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("conv3.npz"));
        return outcome.output + outcome.errors + read_bytes(folder.file("results.json"));
    };
    const std::string alone = run("1");
    CHECK_THAT(alone, Contains("conv2"));
    CHECK(run("2") == alone);
    CHECK(run("3") == alone);
}

TEST_CASE("impossible numbers of threads are refused") {
    const SmallFolder folder;
    for (const char* threads : {"0", "257", "99999999999999999999", "two", "-1", ""}) {
        INFO(threads);
        const Outcome outcome = run_program({"run", "scnn", "--network", folder.network(), "--threads", threads});
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Contains("--threads"));
    }
}
