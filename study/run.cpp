#include "study/run.h"

#include "platforms/standalone.h"
#include "study/in_range.h"

namespace nonzero {

namespace {

// Address space behind the base: more than the images of any layer.
constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 40;
constexpr std::uint64_t kMostJobs = 1024;
constexpr double kSmallestBandwidth = 1e-3;
constexpr double kLargestBandwidth = 1e6;
constexpr double kLargestLatency = 1e9;

sc_core::sc_time latency_of(double nanoseconds) {
    const sc_core::sc_time latency(in_range("dram_latency", nanoseconds, 0.0, kLargestLatency), sc_core::SC_NS);
    if (nanoseconds > 0 && latency == sc_core::SC_ZERO_TIME) {
        throw InputError(
            fmt::format("{}: {} ns is less than the picosecond that time is counted in; choose 0.001 or more, or 0",
                        field_name("dram_latency"), nanoseconds));
    }
    return latency;
}

void check_traces(const RunSpec& spec) {
    const auto exclude = [&](const char* field, const std::string& file, const char* why) {
        if (spec.jobs > 1 && !file.empty()) {
            throw InputError(
                fmt::format("{} and {} exclude each other: {}", field_name("jobs"), field_name(field), why));
        }
    };
    exclude("vcd", spec.traces.vcd_file, "waves need a single process");
    exclude("timeline", spec.traces.timeline_file, "a timeline needs a single process");
}

}  // namespace

PlannedRun plan_run(const RunSpec& spec, const std::vector<PlannedMachine>& machines) {
    PlannedRun run;
    run.values = spec.values;
    if (!spec.energy_table.empty()) {
        run.energy = EnergyTable::load(spec.energy_table);
        for (const PlannedMachine& machine : machines) {
            run.energy.check(machine.report.energy);
        }
    }
    run.dram.base = Standalone::kBase;
    run.dram.size = kMemoryBytes;
    // 1 GB/s is 1 byte/ns.
    run.dram.bytes_per_ns = in_range("dram_bandwidth", spec.dram_bandwidth, kSmallestBandwidth, kLargestBandwidth);
    run.dram.latency = latency_of(spec.dram_latency);
    run.jobs = in_range("jobs", spec.jobs, std::uint64_t{1}, kMostJobs);
    run.threads = in_range("threads", spec.threads, std::uint64_t{1}, std::uint64_t{PlatformOptions::kMostThreads});
    check_traces(spec);
    run.traces = spec.traces;
    return run;
}

}  // namespace nonzero
