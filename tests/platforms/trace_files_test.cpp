// Trace files are whole however the program ends, belong to one platform, and a scope that selects nothing is refused.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/common/temporary_directory.h"
#include "tests/common/timeline_reader.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/scnn_test_support.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

namespace {

PlatformOptions traced(const TemporaryDirectory& directory, const std::string& name) {
    PlatformOptions options = with_settings({{"pe.rows", "2"}, {"pe.columns", "2"}, {"accumulator.bits", "48"}});
    options.vcd_file = directory.file(name + ".vcd");
    options.timeline_file = directory.file(name + ".json");
    return options;
}

void run_layer(Standalone& bench) {
    std::mt19937_64 random(7);
    const RandomLayer test = random_convolution(random, 1);
    bench.host.reset_platform();
    if (!bench.host.run(bench.lowering->lower(job_of(test), Standalone::kBase)).done) {
        ::_exit(1);
    }
}

// What the body does to a program of its own; its exit status.
int status_of(const std::function<void()>& body) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        body();
        ::_exit(99);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void check_same_files(const TemporaryDirectory& directory, const std::string& name, const std::string& expected) {
    CHECK(read_bytes(directory.file(name + ".json")) == read_bytes(directory.file(expected + ".json")));
    const VcdFile found(directory.file(name + ".vcd"));
    const VcdFile whole(directory.file(expected + ".vcd"));
    REQUIRE(found.signals().size() == whole.signals().size());
    std::size_t changes = 0;
    for (std::size_t n = 0; n < whole.signals().size(); ++n) {
        CHECK(found.signals()[n].changes == whole.signals()[n].changes);
        changes += whole.signals()[n].changes.size();
    }
    CHECK(changes > whole.signals().size());
}

std::string refusal_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("trace files: whole when the program ends by exit()") {
    const TemporaryDirectory directory;
    CHECK(status_of([&] {
              { simulate(traced(directory, "destroyed"), run_layer); }
              std::exit(0);
          }) == 0);
    // Inside the simulation, with everything on its way.
    CHECK(status_of([&] {
              simulate(traced(directory, "exit"), [](Standalone& bench) {
                  run_layer(bench);
                  std::exit(3);
              });
          }) == 3);
    check_same_files(directory, "exit", "destroyed");
    // Never destroyed.
    CHECK(status_of([&] {
              static Standalone* forgotten = nullptr;
              forgotten = new Standalone("bench", "scnn", traced(directory, "forgotten"));
              const nonzero::Script script("script", [] { run_layer(*forgotten); });
              sc_core::sc_start();
              std::exit(0);
          }) == 0);
    check_same_files(directory, "forgotten", "destroyed");
    // Destroyed after the files were completed.
    CHECK(status_of([&] {
              static std::unique_ptr<Standalone> late;
              late = std::make_unique<Standalone>("bench", "scnn", traced(directory, "late"));
              const nonzero::Script script("script", [] { run_layer(*late); });
              sc_core::sc_start();
              std::exit(0);
          }) == 0);
    check_same_files(directory, "late", "destroyed");
}

TEST_CASE("trace files: a timeline is whole JSON whatever ends the program") {
    const TemporaryDirectory directory;
    CHECK(status_of([&] {
              simulate(traced(directory, "killed"), [](Standalone& bench) {
                  for (int layer = 0; layer < 40; ++layer) {
                      run_layer(bench);
                  }
                  ::_exit(9);
              });
          }) == 9);
    const auto json = nlohmann::json::parse(read_bytes(directory.file("killed.json")));
    CHECK(json["traceEvents"].size() > 10);
    CHECK(status_of([&] {
              PlatformOptions options = traced(directory, "early");
              const Standalone bench("bench", "scnn", options);
              ::_exit(9);
          }) == 9);
    CHECK(nlohmann::json::parse(read_bytes(directory.file("early.json")))["traceEvents"].empty());
}

TEST_CASE("trace files: one file belongs to one platform") {
    const TemporaryDirectory directory;
    const Platform first("first", "scnn", traced(directory, "a"));
    PlatformOptions same_vcd = traced(directory, "b");
    same_vcd.vcd_file = directory.file("./a");  // the suffix is added
    CHECK_THAT(refusal_of([&] { const Platform second("second", "scnn", same_vcd); }),
               Contains("second.trace: the trace file '") && Contains("/a.vcd' is written by first.trace already"));
    PlatformOptions same_timeline = traced(directory, "c");
    same_timeline.timeline_file = directory.file("a.json");
    CHECK_THAT(refusal_of([&] { const Platform third("third", "dcnn", same_timeline); }),
               Contains("third.trace: the trace file '") && Contains("/a.json' is written by first.trace already"));
    PlatformOptions twice = traced(directory, "d");
    twice.timeline_file = twice.vcd_file;
    CHECK_THAT(refusal_of([&] { const Platform fourth("fourth", "scnn", twice); }), Contains("written by itself"));
    // Free again when its platform is gone.
    { const Platform fifth("fifth", "scnn", traced(directory, "e")); }
    CHECK_NOTHROW(Platform("sixth", "scnn", traced(directory, "e")));
}

namespace {

void check_scope(const std::string& vcd, const std::string& timeline) {
    PlatformOptions options;
    options.vcd_file = vcd;
    options.timeline_file = timeline;
    options.trace_scope = "pe_9_0";
    CHECK_THAT(refusal_of([&] { simulate(options, [](Standalone&) {}); }),
               Contains("the trace scope 'bench_platform.pe_9_0' selects no signal; there are ") &&
                   Contains("'bench_platform.pe_0_0' .. 'bench_platform.pe_7_7'") &&
                   Contains("'bench_platform.sequencer'"));
}

}  // namespace

TEST_CASE("trace files: a scope that selects no wave names what there is") {
    const TemporaryDirectory directory;
    check_scope(directory.file("w.vcd"), "");
}

TEST_CASE("trace files: a scope that selects no track of a timeline names what there is") {
    const TemporaryDirectory directory;
    check_scope("", directory.file("t.json"));
}

TEST_CASE("trace files: a window that shows nothing is remarked on, with when there is something") {
    const TemporaryDirectory directory;
    PlatformOptions options = traced(directory, "w");
    options.trace_begin_cycle = 1'000'000'000;
    simulate(options, [](Standalone& bench) {
        CHECK_THAT(bench.platform.trace_remark(), Contains("from cycle 1000000000 on: no such block did anything"));
        run_layer(bench);
        const auto start = std::uint64_t(bench.platform.layer_start() / bench.platform.clock_period());
        CHECK(start > 0);
        CHECK_THAT(bench.platform.trace_remark(),
                   Contains("the traces show nothing from cycle 1000000000 on: there is something from cycle " +
                            std::to_string(start) + " up to "));
    });
}

TEST_CASE("trace files: nothing is remarked on where there is something to see") {
    const TemporaryDirectory directory;
    PlatformOptions options = traced(directory, "w");
    options.trace_scope = "sequencer";
    simulate(options, [](Standalone& bench) {
        run_layer(bench);
        CHECK(bench.platform.trace_remark().empty());
    });
}
