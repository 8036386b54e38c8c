// The wave of the dense machines: its integral is the layer's time, and looking changes nothing.

#include <catch2/catch.hpp>
#include <random>

#include "tests/common/temporary_directory.h"
#include "tests/common/vcd_reader.h"
#include "tests/platforms/platform_bench.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("dense machines: the wave of computing is the time of the layer") {
    std::mt19937_64 random(5);
    RandomLayer layer{square_convolution("small", 4, 14, 9, 3), {}, {}};
    layer.input = random_operands(random, layer.layer.input_shape(), 0.9, 100);
    layer.weights = random_operands(random, layer.layer.weight_shape(), 0.9, 100);
    const TemporaryDirectory directory;
    PlatformOptions options;
    options.vcd_file = directory.file("waves.vcd");
    std::uint64_t cycles = 0;
    simulate("neuromax", options, [&](Standalone& bench) {
        cycles = run_afresh(bench, job_of(layer)).records.back().cycles;
        CHECK(bench.platform.statistic("multiplier_array.cycles") == cycles);
        bench.platform.finish_traces();
    });
    const VcdFile vcd(directory.file("waves.vcd"));
    const VcdSignal& computing = vcd.signal("bench_platform.sequencer.computing");
    CHECK_FALSE(computing.unknown);
    CHECK(cycles > 0);
    CHECK(computing.integral(0, vcd.end()) == cycles * 1000 * 1000 / vcd.unit_femtoseconds());
}
