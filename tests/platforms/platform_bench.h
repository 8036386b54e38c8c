#pragma once
// What the tests of whole platforms share: one machine in a simulation of its own, driven as a host drives it.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "platforms/standalone.h"
#include "tests/platforms/random_layers.h"

namespace nonzero::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

inline PlatformOptions with_settings(Settings settings) {
    PlatformOptions options;
    options.parameters = std::move(settings);
    return options;
}

// Calls script(bench) in the host's process and passes on what it throws.
template <class Script>
void simulate(const std::string& kind, const PlatformOptions& options, Script script,
              const DramParameters& dram = Standalone::default_dram()) {
    Standalone* self = nullptr;
    Standalone bench(
        "bench", kind, options, [&](Host&) { script(*self); }, dram);
    self = &bench;
    sc_core::sc_start();
    bench.check();
}

inline LayerJob job_of(const RandomLayer& random) {
    LayerJob job;
    job.layer = &random.layer;
    job.input = &random.input;
    job.weights = &random.weights;
    return job;
}

// One layer from reset, with all counters at zero.
inline HostOutcome run_afresh(Standalone& bench, const MemoryImage& image) {
    bench.host.reset_platform();
    bench.platform.clear_statistics();
    return bench.host.run(image);
}
inline HostOutcome run_afresh(Standalone& bench, const LayerJob& job) {
    return run_afresh(bench, bench.lowering->lower(job, Standalone::kBase));
}

// Cycles of all causes, summed over all units, as results show them.
inline std::uint64_t attributed_cycles(const std::string& kind, const Standalone& bench) {
    std::uint64_t cycles = 0;
    for (const auto& [cause, counter] : find_platform(kind).make_report(*bench.parameters).cycles_by_cause) {
        cycles += bench.platform.statistic_sum(counter);
    }
    return cycles;
}

// The directory of a real network; empty, with a warning, where the data set is not installed.
inline std::string real_network(const std::string& name) {
    const char* const given = std::getenv("NONZERO_REAL_DIR");
    const char* const source = std::getenv("NONZERO_SOURCE_DIR");
    const std::filesystem::path root =
        given != nullptr ? std::filesystem::path(given)
                         : std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "real";
    if (std::filesystem::exists(root / name / "network.json")) {
        return (root / name).string();
    }
    WARN("no real network at " << (root / name) << ", nothing checked; set NONZERO_REAL_DIR to the data set");
    return {};
}

}  // namespace nonzero::test
