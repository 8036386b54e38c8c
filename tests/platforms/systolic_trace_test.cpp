// Waves and timeline of systolic machines against their counters: the integral of every signal is a counter, and
// looking changes nothing.

#include <catch2/catch.hpp>
#include <map>

#include "tests/common/temporary_directory.h"
#include "tests/common/timeline_reader.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kMultipliers = 4 * 3;

struct Observed {
    std::uint64_t cycles = 0;
    std::map<std::string, std::uint64_t> counters;  // by name without the platform's own
};

Observed run_layers(const std::string& kind, const PlatformOptions& options) {
    Observed observed;
    simulate(kind, options, [&](Standalone& bench) {
        bench.host.reset_platform();
        std::mt19937_64 random(5);
        for (int n = 0; n < 4; ++n) {
            const RandomLayer test = random_convolution(random, n);
            const HostOutcome outcome = bench.host.run(bench.lowering->lower(job_of(test), Standalone::kBase));
            REQUIRE(outcome.done);
            observed.cycles += outcome.records.back().cycles;
        }
        observed.counters = all_counters(bench.platform);
    });
    return observed;
}

PlatformOptions small_machine(const Settings& more, const TemporaryDirectory& directory) {
    Settings settings{{"array.rows", "4"}, {"array.columns", "3"}, {"operand.bits", "16"}, {"accumulator.bits", "48"}};
    settings.insert(settings.end(), more.begin(), more.end());
    PlatformOptions options = with_settings(settings);
    options.vcd_file = directory.file("waves.vcd");
    options.timeline_file = directory.file("timeline.json");
    return options;
}

void check_waves(const std::string& kind, const Settings& settings) {
    const TemporaryDirectory directory;
    const Observed observed = run_layers(kind, small_machine(settings, directory));
    const VcdFile vcd(directory.file("waves.vcd"));
    const std::uint64_t cycle = 2'000'000 / vcd.unit_femtoseconds();  // 2 ns
    const auto tracks = read_timeline(directory.file("timeline.json"));
    const auto counter = [&](const std::string& name) { return observed.counters.at(name); };
    const auto held = [&](const std::string& name) {
        const VcdSignal& signal = vcd.signal("bench_platform." + name);
        CHECK_FALSE(signal.unknown);
        const std::uint64_t ticks = signal.integral(0, vcd.end());
        CHECK(ticks % cycle == 0);
        return ticks / cycle;
    };
    CHECK(vcd.signals().size() == 4);
    CHECK(held("sequencer.loading") * kMultipliers == counter("sequencer.operand_load"));
    CHECK(held("sequencer.draining") * kMultipliers == counter("sequencer.fill_drain"));
    const std::uint64_t streaming = counter("array.busy") + counter("array.zero_weight") + counter("array.edge");
    CHECK(held("sequencer.streaming") * kMultipliers == streaming);
    CHECK(held("array.multipliers_used") == counter("array.products"));
    CHECK(held("sequencer.loading") + held("sequencer.streaming") + held("sequencer.draining") == observed.cycles);
    CHECK(vcd.signal("bench_platform.array.multipliers_used").maximum(0, vcd.end()) <= kMultipliers);
    for (const char* activity : {"sequencer.loading", "sequencer.streaming", "sequencer.draining"}) {
        const auto track = tracks.find(std::string("bench_platform.") + activity);
        CHECK((track == tracks.end() ? 0 : track->second.duration_ps()) == 2000 * held(activity));
    }
}

}  // namespace

TEST_CASE("the integral of every wave of an output-stationary array is its counter") {
    check_waves("systolic_os", {});
}
TEST_CASE("the integral of every wave of a double-buffered output-stationary array is its counter") {
    check_waves("systolic_os", {{"array.timing", "db"}});
}
TEST_CASE("the integral of every wave of an input-stationary array is its counter") {
    check_waves("systolic_is", {});
}
TEST_CASE("the integral of every wave of a double-buffered input-stationary array is its counter") {
    check_waves("systolic_is", {{"array.timing", "db"}});
}
TEST_CASE("the integral of every wave of VEGETA is its counter") {
    check_waves("vegeta", {{"array.beta", "2"}, {"array.timing", "rtl"}});
}
TEST_CASE("the integral of every wave of double-buffered VEGETA is its counter") {
    check_waves("vegeta", {{"array.timing", "db"}});
}
TEST_CASE("the integral of every wave of S2TA is its counter") {
    check_waves("s2ta", {{"tpe.rows", "2"}, {"tpe.columns", "3"}});
}
TEST_CASE("the integral of every wave of double-buffered SPOTS is its counter") {
    check_waves("spots", {{"array.split", "2"}, {"array.timing", "db"}});
}

TEST_CASE("looking at an array changes nothing") {
    const TemporaryDirectory directory;
    PlatformOptions traced = small_machine({{"tpe.columns", "1"}}, directory);
    PlatformOptions plain = traced;
    plain.vcd_file.clear();
    plain.timeline_file.clear();
    std::vector<std::uint64_t> cycles;
    std::vector<std::map<std::string, std::uint64_t>> counters;
    Machines machines;
    for (const PlatformOptions& options : {traced, plain}) {
        machines.add("bench" + std::to_string(machines.size()), "s2ta", options, [&](Standalone& bench) {
            std::mt19937_64 random(9);
            const HostOutcome outcome = run_afresh(bench, job_of(random_convolution(random, 0)));
            cycles.push_back(outcome.records.back().cycles);
            counters.push_back(all_counters(bench.platform));
        });
    }
    machines.run();
    REQUIRE(cycles.size() == 2);
    CHECK(cycles[0] == cycles[1]);
    CHECK(counters[0] == counters[1]);
}
