// Waves and timeline of the SCNN platform against its counters: the integral of every signal is a counter, and looking
// changes nothing.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "models/scnn/issue_stage.h"
#include "tests/common/temporary_directory.h"
#include "tests/common/timeline_reader.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/scnn_test_support.h"

using namespace nonzero;
using namespace nonzero::test;
using scnn::SlotState;

namespace {

constexpr int kRows = 2;
constexpr int kColumns = 3;

// A small machine whose banks conflict.
Settings small_machine() {
    return {{"pe.rows", "2"},           {"pe.columns", "3"},     {"crossbar.queue_depth", "3"},
            {"accumulator.banks", "8"}, {"crossbar.hash", "h4"}, {"accumulator.bits", "48"}};
}

std::string pe_name(int pe) {
    return "pe_" + std::to_string(pe / kColumns) + "_" + std::to_string(pe % kColumns);
}

// Machines with the same work in one simulation; what they counted and when they were done.
struct Traced {
    std::map<std::string, std::uint64_t> counters;  // by name without the platform's own
    std::vector<std::uint64_t> layer_cycles;
    std::uint64_t end_ns = 0;
};

std::vector<Traced> run_traced(const std::vector<PlatformOptions>& all_options, int layers) {
    std::vector<Traced> results(all_options.size());
    Machines machines;
    for (std::size_t n = 0; n < all_options.size(); ++n) {
        machines.add("machine" + std::to_string(n), "scnn", all_options[n], [&, n](Standalone& bench) {
            std::mt19937_64 random(31);
            bench.host.reset_platform();
            for (int layer = 0; layer < layers; ++layer) {
                RandomLayer test = random_convolution(random, layer);
                test.layer.K *= 3;
                test.weights = random_operands(random, test.layer.weight_shape(), 0.6, 100);
                test.input = random_operands(random, test.layer.input_shape(), 0.5, 100);
                const HostOutcome outcome = bench.host.run(bench.lowering->lower(job_of(test), Standalone::kBase));
                REQUIRE(outcome.done);
                results[n].layer_cycles.push_back(outcome.records.back().cycles);
            }
            results[n].counters = all_counters(bench.platform);
            results[n].end_ns = sc_core::sc_time_stamp().value() / 1000;
        });
    }
    machines.run();
    return results;
}

PlatformOptions traced_options(const std::string& vcd, const std::string& timeline = {}) {
    PlatformOptions options = with_settings(small_machine());
    options.vcd_file = vcd;
    options.timeline_file = timeline;
    return options;
}

// Cycles in which a signal has a value.
std::uint64_t cycles_at(const VcdSignal& signal, std::uint64_t value, std::uint64_t ticks_per_cycle,
                        std::uint64_t end) {
    std::uint64_t ticks = 0;
    for (std::size_t n = 0; n < signal.changes.size(); ++n) {
        const std::uint64_t to = n + 1 < signal.changes.size() ? signal.changes[n + 1].first : end;
        ticks += signal.changes[n].second == value ? to - signal.changes[n].first : 0;
    }
    CHECK(ticks % ticks_per_cycle == 0);
    return ticks / ticks_per_cycle;
}

std::uint64_t ticks_per_cycle(const VcdFile& vcd) {
    return 1'000'000 / vcd.unit_femtoseconds();  // 1 ns
}

void check_pe(const VcdFile& vcd, const std::string& platform, const std::string& pe, const Traced& traced) {
    INFO(pe);
    const std::uint64_t cycle = ticks_per_cycle(vcd);
    const std::uint64_t end = vcd.end();
    const auto counter = [&](const char* name) { return traced.counters.at(pe + "." + name); };
    const VcdSignal& busy = vcd.signal(platform + "." + pe + ".busy");
    const VcdSignal& state = vcd.signal(platform + "." + pe + ".state");
    const VcdSignal& queue = vcd.signal(platform + "." + pe + ".queue_occupancy");
    CHECK(busy.integral(0, end) == counter("busy") * cycle);
    CHECK(cycles_at(state, std::uint64_t(SlotState::busy), cycle, end) == counter("busy"));
    CHECK(cycles_at(state, std::uint64_t(SlotState::void_slot), cycle, end) == counter("void"));
    CHECK(cycles_at(state, std::uint64_t(SlotState::conflict), cycle, end) == counter("conflict"));
    CHECK(cycles_at(state, std::uint64_t(SlotState::bank_drain), cycle, end) == counter("bank_drain"));
    CHECK(cycles_at(state, std::uint64_t(SlotState::weight_fifo), cycle, end) == counter("weight_fifo"));
    CHECK(queue.maximum(0, end) == counter("queue_peak"));
    CHECK_FALSE(busy.unknown);
    CHECK_FALSE(state.unknown);
    CHECK_FALSE(queue.unknown);
}

void check_sequencer(const VcdFile& vcd, const std::string& platform, const Traced& traced) {
    for (const std::string name : {"sequencer.computing", "sequencer.draining"}) {
        CHECK(vcd.signal(fmt::format("{}.{}", platform, name)).integral(0, vcd.end()) ==
              traced.counters.at(name) * ticks_per_cycle(vcd));
        CHECK(traced.counters.at(name) > 0);
    }
}

void check_waves(const Settings& settings) {
    const TemporaryDirectory directory;
    PlatformOptions options = traced_options(directory.file("waves.vcd"));
    options.parameters = settings;
    const std::vector<Traced> results = run_traced({options}, 6);
    const VcdFile vcd(directory.file("waves.vcd"));
    CHECK(vcd.signals().size() == std::size_t(3 * kRows * kColumns + 2));
    for (int pe = 0; pe < kRows * kColumns; ++pe) {
        check_pe(vcd, "machine0_platform", pe_name(pe), results[0]);
    }
    check_sequencer(vcd, "machine0_platform", results[0]);
}

}  // namespace

TEST_CASE("the integral of every wave is its counter") {
    check_waves(small_machine());
}
TEST_CASE("the integral of every wave is its counter with single writes and FIFO skew") {
    Settings settings = small_machine();
    settings.insert(settings.end(), {{"crossbar.write", "single"}, {"weights.skew", "fifo"}});
    check_waves(settings);
}
TEST_CASE("the integral of every wave is its counter without a bank model") {
    Settings settings = small_machine();
    settings.emplace_back("crossbar.queue_infinite", "true");
    check_waves(settings);
}
TEST_CASE("the integral of every wave is its counter with modelled memory") {
    Settings settings = small_machine();
    settings.emplace_back("memory.timing", "modelled");
    check_waves(settings);
}

TEST_CASE("tracing changes no cycle and no counter") {
    const TemporaryDirectory directory;
    PlatformOptions scoped = traced_options(directory.file("scope.vcd"));
    scoped.trace_scope = "pe_1_0";
    PlatformOptions window = traced_options(directory.file("window.vcd"), directory.file("window.json"));
    window.trace_begin_cycle = 3000;
    window.trace_end_cycle = 4000;
    const std::vector<Traced> results =
        run_traced({with_settings(small_machine()), traced_options(directory.file("all.vcd")),
                    traced_options({}, directory.file("all.json")), scoped, window},
                   6);
    for (const Traced& traced : results) {
        CHECK(traced.layer_cycles == results[0].layer_cycles);
        CHECK(traced.counters == results[0].counters);
        CHECK(traced.end_ns == results[0].end_ns);
    }
    CHECK(results[0].counters.at("pe_1_0.conflict") > 0);
    CHECK(results[0].counters.at("pe_1_0.void") > 0);
    CHECK(results[0].end_ns > 5000);

    // The scope shows one PE as the whole file does.
    const VcdFile scope(directory.file("scope.vcd"));
    CHECK(scope.signals().size() == 3);
    check_pe(scope, "machine3_platform", "pe_1_0", results[3]);

    // The window shows the same as the whole file inside, and nothing outside.
    const VcdFile all(directory.file("all.vcd"));
    const VcdFile part(directory.file("window.vcd"));
    const std::uint64_t cycle = ticks_per_cycle(all);
    CHECK(part.signals().size() == all.signals().size());
    std::uint64_t inside = 0;
    for (const VcdSignal& signal : all.signals()) {
        INFO(signal.name);
        const VcdSignal& windowed = part.signal("machine4" + signal.name.substr(std::string("machine1").size()));
        const std::uint64_t expected = signal.integral(3000 * cycle, 4000 * cycle);
        CHECK(windowed.integral(3000 * cycle, 4000 * cycle) == expected);
        CHECK(windowed.integral(0, 3000 * cycle) == 0);
        CHECK((windowed.changes.empty() || windowed.changes.back().first <= 4000 * cycle));
        inside += expected;
    }
    CHECK(inside > 0);
}

TEST_CASE("slices of the timeline sum up to the counters") {
    const TemporaryDirectory directory;
    PlatformOptions window = traced_options({}, directory.file("window.json"));
    window.trace_begin_cycle = 2000;
    window.trace_end_cycle = 2500;
    PlatformOptions scope = traced_options({}, directory.file("scope.json"));
    scope.trace_scope = "sequencer";
    const std::vector<Traced> results = run_traced({traced_options({}, directory.file("all.json")), window, scope}, 6);
    const auto& counters = results[0].counters;
    const auto tracks = read_timeline(directory.file("all.json"));
    CHECK(tracks.size() == std::size_t(kRows * kColumns + 2));
    for (int pe = 0; pe < kRows * kColumns; ++pe) {
        const std::string name = pe_name(pe);
        INFO(name);
        const TimelineTrack& track = tracks.at("machine0_platform." + name);
        std::uint64_t cycles = 0;
        for (const char* cause : {"busy", "void", "conflict", "bank_drain", "weight_fifo"}) {
            cycles += counters.at(name + "." + cause);
        }
        CHECK(track.duration_ps() == 1000 * cycles);
        CHECK(track.slices.size() <= counters.at("sequencer.groups"));
        CHECK(track.sum("busy") == counters.at(name + ".busy"));
        CHECK(track.sum("conflict") == counters.at(name + ".conflict"));
        CHECK(track.sum("kept") == counters.at(name + ".products_kept"));
        CHECK(track.end_ps() <= 1000 * results[0].end_ns);
    }
    for (const char* activity : {"sequencer.computing", "sequencer.draining"}) {
        CHECK(tracks.at(std::string("machine0_platform.") + activity).duration_ps() == 1000 * counters.at(activity));
    }
    // Bounds cut the slices.
    std::uint64_t cut = 0;
    for (const auto& [name, track] : read_timeline(directory.file("window.json"))) {
        INFO(name);
        CHECK(track.begin_ps() >= 2'000'000);
        CHECK(track.end_ps() <= 2'500'000);
        cut += track.duration_ps();
    }
    CHECK(cut > 0);
    const auto of_scope = read_timeline(directory.file("scope.json"));
    CHECK(of_scope.size() == 2);
    CHECK(of_scope.at("machine2_platform.sequencer.computing").duration_ps() ==
          1000 * counters.at("sequencer.computing"));
}

TEST_CASE("an aborted layer leaves no waves and no slices of what did not happen") {
    const TemporaryDirectory directory;
    const std::uint64_t abort_ns = 4000;
    std::uint64_t aborted_at = 0;
    {  // the files are complete when the machines are gone
        Machines machines;
        for (const PlatformOptions& options :
             {traced_options(directory.file("waves.vcd")), traced_options({}, directory.file("slices.json"))}) {
            machines.add("machine" + std::to_string(machines.size()), "scnn", options, [&](Standalone& bench) {
                Host& host = bench.host;
                RandomLayer test;
                test.layer = square_convolution("long", 8, 64, 12, 3);
                std::mt19937_64 random(2);
                test.input = random_operands(random, test.layer.input_shape(), 0.8, 100);
                test.weights = random_operands(random, test.layer.weight_shape(), 0.8, 100);
                const MemoryImage image = bench.lowering->lower(job_of(test), Standalone::kBase);
                start(host, image);
                sc_core::wait(sc_core::sc_time(double(abort_ns), sc_core::SC_NS) - sc_core::sc_time_stamp());
                CHECK((host.read_register(NZ_REG_STATUS) & NZ_STATUS_BUSY) != 0);
                stop(host, NZ_CONTROL_ABORT);
                CHECK(host.read_register(NZ_REG_ERROR_CODE) == NZ_ERROR_ABORTED);
                aborted_at = sc_core::sc_time_stamp().value() / 1000;
                sc_core::wait(sc_core::sc_time(20, sc_core::SC_US));
            });
        }
        machines.run();
    }
    const VcdFile vcd(directory.file("waves.vcd"));
    const std::uint64_t cycle = ticks_per_cycle(vcd);
    std::uint64_t before = 0;
    for (const VcdSignal& signal : vcd.signals()) {
        INFO(signal.name);
        CHECK(signal.integral(aborted_at * cycle, vcd.end() + 1) == 0);
        CHECK(signal.changes.back().second == 0);
        before += signal.integral(0, aborted_at * cycle);
    }
    CHECK(before > 0);
    std::uint64_t slices = 0;
    for (const auto& [name, track] : read_timeline(directory.file("slices.json"))) {
        INFO(name);
        CHECK(track.end_ps() <= 1000 * aborted_at);
        slices += track.slices.size();
    }
    CHECK(slices > 0);
}
