// Waves and timeline of the dense machine against its counters: the integral of every signal is a counter, and so is
// the sum of every track.

#include <catch2/catch.hpp>
#include <map>

#include "tests/common/temporary_directory.h"
#include "tests/common/timeline_reader.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("DCNN: waves and timeline add up to the counters") {
    const TemporaryDirectory folder;
    PlatformOptions options = with_settings({{"pe.rows", "2"}, {"pe.columns", "3"}});
    options.vcd_file = folder.file("wave.vcd");
    options.timeline_file = folder.file("timeline.json");
    std::map<std::string, std::uint64_t> counters;
    const std::vector<std::string> names{"sequencer", "pe_0_0", "pe_0_1", "pe_0_2", "pe_1_0", "pe_1_1", "pe_1_2"};
    const auto counter_of = [](const std::string& name) { return name == "sequencer" ? "computing" : "busy"; };
    simulate("dcnn", options, [&](Standalone& bench) {
        std::mt19937_64 random(5);
        bench.host.reset_platform();
        for (int n = 0; n < 4; ++n) {
            const RandomLayer test = random_convolution(random, n);
            REQUIRE(bench.host.run(bench.lowering->lower(job_of(test), Standalone::kBase)).done);
        }
        RandomLayer test;
        test.layer.name = "larger";
        test.layer.K = 64;
        test.layer.H = test.layer.W = 12;
        test.input = Operands(test.layer.input_shape(), 1);
        test.weights = Operands(test.layer.weight_shape(), 1);
        REQUIRE(bench.host.run(bench.lowering->lower(job_of(test), Standalone::kBase)).done);
        for (const std::string& name : names) {
            counters[name] = bench.platform.statistic(name + "." + counter_of(name));
        }
        bench.platform.finish_traces();
    });
    const VcdFile waves(folder.file("wave.vcd"));
    const std::uint64_t ticks_per_cycle = 1'000'000 / waves.unit_femtoseconds();
    const auto tracks = read_timeline(folder.file("timeline.json"));
    for (const std::string& name : names) {
        INFO(name);
        const std::string signal = "bench_platform." + name + "." + counter_of(name);
        CHECK(counters[name] > 0);
        CHECK(waves.signal(signal).integral(0, waves.end()) == counters[name] * ticks_per_cycle);
        const std::string track = name == "sequencer" ? signal : "bench_platform." + name;
        CHECK(tracks.at(track).duration_ps() == 1000 * counters[name]);  // 1 ns per cycle
    }
}
