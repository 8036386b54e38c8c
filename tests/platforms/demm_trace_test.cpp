// Waves and timeline of the DeMM platform: one tile by the cycle, every integral a counter, and looking changes
// nothing.

#include <catch2/catch.hpp>
#include <map>

#include "tests/common/temporary_directory.h"
#include "tests/common/timeline_reader.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/gemm_cases.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// The kernel's resolution.
constexpr std::uint64_t kPeriodPs = 2000;

PlatformOptions traced(Settings settings, const std::string& vcd, const std::string& timeline = {}) {
    settings.insert(settings.end(), {{"engine.n", "4"}, {"engine.m", "16"}, {"engine.c", "8"}});
    PlatformOptions options = with_settings(std::move(settings));
    options.vcd_file = vcd;
    options.timeline_file = timeline;
    return options;
}

std::uint64_t track_cycles(const TimelineTrack& track) {
    return track.duration_ps() / kPeriodPs;
}

// Cycles x value of a signal over the whole file.
std::uint64_t integral(const VcdFile& vcd, const std::string& name) {
    const std::uint64_t ticks_per_cycle = kPeriodPs * 1000 / vcd.unit_femtoseconds();
    const VcdSignal& signal = vcd.signal("bench_platform." + name);
    CHECK_FALSE(signal.unknown);
    const std::uint64_t ticks = signal.integral(0, vcd.end());
    CHECK(ticks % ticks_per_cycle == 0);
    return ticks / ticks_per_cycle;
}

void check_integrals(const char* preload) {
    const TemporaryDirectory directory;
    std::map<std::string, std::uint64_t> counters;
    std::uint64_t cycles = 0;
    simulate("demm", traced({{"engine.preload", preload}}, directory.file("waves.vcd"), directory.file("slices.json")),
             [&](Standalone& bench) {
                 const GemmCase gemm = hashed_case({2, 9, 50, 30}, UniformDensity{40});
                 bench.host.reset_platform();
                 cycles = cycles_of(bench.host.run(bench.lowering->lower(gemm.job(), Standalone::kBase)));
                 for (const char* name : {"row_streamer.slots", "memory.row_reads", "memory.row_writes",
                                          "sequencer.drain", "sequencer.tiles"}) {
                     counters[name] = bench.platform.statistic(name);
                 }
                 bench.platform.finish_traces();
             });
    const VcdFile vcd(directory.file("waves.vcd"));
    CHECK(vcd.signals().size() == 4);
    CHECK(integral(vcd, "sequencer.computing") == counters["row_streamer.slots"]);
    CHECK(integral(vcd, "sequencer.preloading") == counters["memory.row_writes"]);
    CHECK(integral(vcd, "sequencer.draining") * 32 == counters["sequencer.drain"]);
    CHECK(integral(vcd, "array.ports_busy") == counters["memory.row_reads"]);
    CHECK(vcd.signal("bench_platform.array.ports_busy").maximum(0, vcd.end()) == 4);

    const auto tracks = read_timeline(directory.file("slices.json"));
    CHECK(tracks.size() == 3);
    const auto& computing = tracks.at("bench_platform.sequencer.computing");
    CHECK(computing.slices.size() == counters["sequencer.tiles"]);
    CHECK(track_cycles(computing) == counters["row_streamer.slots"]);
    CHECK(track_cycles(tracks.at("bench_platform.sequencer.preloading")) == counters["memory.row_writes"]);
    const auto& draining = tracks.at("bench_platform.sequencer.draining");
    CHECK(track_cycles(draining) * 32 == counters["sequencer.drain"]);
    const std::uint64_t begin = tracks.at("bench_platform.sequencer.preloading").begin_ps();
    CHECK(draining.slices.back().end_ps == begin + cycles * kPeriodPs);
    CHECK(computing.slices.back().arguments.at("group") == 1);
    CHECK(computing.slices.back().arguments.at("first_k") == 48);
    CHECK(computing.slices.back().arguments.at("first_column") == 24);
}

}  // namespace

TEST_CASE("waves of one tile by the cycle") {
    const TemporaryDirectory directory;
    std::uint64_t start_ps = 0;
    simulate("demm", traced({}, directory.file("waves.vcd"), directory.file("slices.json")), [&](Standalone& bench) {
        // Rows of 3, 9 and 0 weights: slots of 3; 4, 4, 1; 0 ports.
        GemmCase gemm = hashed_case({1, 3, 12, 5}, UniformDensity{100});
        std::fill(gemm.weights.data.begin() + 3, gemm.weights.data.begin() + 12, std::int16_t(0));
        std::fill(gemm.weights.data.begin() + 21, gemm.weights.data.end(), std::int16_t(0));
        bench.host.reset_platform();
        const HostOutcome outcome = bench.host.run(bench.lowering->lower(gemm.job(), Standalone::kBase));
        CHECK(cycles_of(outcome) == 12 + 5 + 6);
        bench.platform.finish_traces();
    });
    const auto tracks = read_timeline(directory.file("slices.json"));
    start_ps = tracks.at("bench_platform.sequencer.preloading").begin_ps();
    const VcdFile vcd(directory.file("waves.vcd"));
    const auto at = [&](const char* signal, std::uint64_t cycle) {
        return vcd.signal(std::string("bench_platform.") + signal)
            .at((start_ps + cycle * kPeriodPs) * 1000 / vcd.unit_femtoseconds());
    };
    const std::uint64_t ports[] = {3, 4, 4, 1, 0};
    for (std::uint64_t cycle = 0; cycle < 30; ++cycle) {
        INFO("cycle " << cycle);
        CHECK(at("sequencer.preloading", cycle) == (cycle < 12 ? 1 : 0));
        CHECK(at("sequencer.computing", cycle) == (cycle >= 12 && cycle < 17 ? 1 : 0));
        CHECK(at("sequencer.draining", cycle) == (cycle >= 17 && cycle < 23 ? 1 : 0));
        CHECK(at("array.ports_busy", cycle) == (cycle >= 12 && cycle < 17 ? ports[cycle - 12] : 0));
    }
}

TEST_CASE("integrals of the waves are counters with serial preload") {
    check_integrals("serial");
}
TEST_CASE("integrals of the waves are counters with hidden preload") {
    check_integrals("hidden");
}
TEST_CASE("integrals of the waves are counters with naive preload") {
    check_integrals("naive");
}

TEST_CASE("an aborted layer leaves no waves of what did not happen") {
    const TemporaryDirectory directory;
    std::uint64_t aborted_at = 0;
    simulate("demm", traced({}, directory.file("waves.vcd"), directory.file("slices.json")), [&](Standalone& bench) {
        Host& host = bench.host;
        const GemmCase gemm = hashed_case({1, 500, 60, 60}, UniformDensity{80});
        const MemoryImage image = bench.lowering->lower(gemm.job(), Standalone::kBase);
        start(host, image);
        sc_core::wait(sc_core::sc_time(30, sc_core::SC_US));
        CHECK((host.read_register(NZ_REG_STATUS) & NZ_STATUS_BUSY) != 0);
        aborted_at = sc_core::sc_time_stamp().value();
        stop(host, NZ_CONTROL_ABORT);
        CHECK(host.read_register(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
        sc_core::wait(sc_core::sc_time(50, sc_core::SC_US));
        // The next layer is not held up by what was aborted.
        const GemmCase next = hashed_case({1, 3, 12, 5}, NmPattern{1, 4});
        CHECK(cycles_of(run_afresh(bench, next.job())) == 12 + 3 + 6);
        bench.platform.finish_traces();
    });
    const VcdFile vcd(directory.file("waves.vcd"));
    REQUIRE(vcd.unit_femtoseconds() == 1000);
    for (const VcdSignal& signal : vcd.signals()) {
        INFO(signal.name);
        CHECK(signal.integral(aborted_at + 4'000, aborted_at + 40'000'000) == 0);
    }
    CHECK(vcd.signal("bench_platform.sequencer.computing").integral(0, aborted_at) > 0);
    for (const auto& [name, track] : read_timeline(directory.file("slices.json"))) {
        INFO(name);
        for (const TimelineSlice& slice : track.slices) {
            CHECK((slice.end_ps <= aborted_at + 4'000 || slice.begin_ps > aborted_at + 40'000'000));
        }
    }
}

TEST_CASE("looking changes nothing") {
    const TemporaryDirectory directory;
    std::vector<std::map<std::string, std::uint64_t>> counters;
    std::vector<std::uint64_t> cycles;
    PlatformOptions scoped = traced({}, directory.file("scope.vcd"), directory.file("scope.json"));
    scoped.trace_scope = "array";
    Machines machines;
    for (const PlatformOptions& options :
         {traced({}, ""), traced({}, directory.file("all.vcd"), directory.file("all.json")), scoped}) {
        machines.add("bench" + std::to_string(machines.size()), "demm", options, [&](Standalone& bench) {
            const GemmCase gemm = hashed_case({2, 9, 50, 30}, UniformDensity{40});
            cycles.push_back(cycles_of(run_afresh(bench, gemm.job())));
            counters.push_back(all_counters(bench.platform));
        });
    }
    machines.run();
    for (std::size_t n = 0; n < machines.size(); ++n) {
        machines[n].platform.finish_traces();
    }
    REQUIRE(counters.size() == 3);
    CHECK(counters[0] == counters[1]);
    CHECK(counters[0] == counters[2]);
    CHECK(cycles[0] == cycles[1]);
    CHECK(cycles[0] == cycles[2]);
    CHECK(VcdFile(directory.file("scope.vcd")).signals().size() == 1);
}
