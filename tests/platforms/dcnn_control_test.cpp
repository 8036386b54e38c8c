// Reset, abort and memory that takes time, on a whole dense machine.

#include <catch2/catch.hpp>

#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

RandomLayer long_layer() {
    std::mt19937_64 random(4);
    RandomLayer test;
    test.layer = square_convolution("long", 8, 64, 16, 3);
    test.input = random_operands(random, test.layer.input_shape(), 0.5, 90);
    test.weights = random_operands(random, test.layer.weight_shape(), 0.5, 90);
    return test;
}

}  // namespace

TEST_CASE("DCNN: a stopped layer leaves nothing behind") {
    const RandomLayer test = long_layer();
    const Psums expected = convolve(test.layer, test.input, test.weights);
    simulate("dcnn", {}, [&](Standalone& bench) {
        const MemoryImage image = bench.lowering->lower(job_of(test), Standalone::kBase);
        const HostOutcome whole = run_afresh(bench, image);
        REQUIRE(whole.done);
        CHECK(whole.records.back().cycles == 4 * 64 * 5);
        std::uint64_t in_mid_layer = 0;
        for (const std::uint32_t how : {NZ_CONTROL_ABORT, NZ_CONTROL_SOFT_RESET}) {
            for (double ns = 1; ns < 2500; ns += 113) {
                INFO("stopped after " << ns);
                bench.host.reset_platform();
                bench.platform.clear_statistics();
                start(bench.host, image);
                sc_core::wait(sc_core::sc_time(ns, sc_core::SC_NS));
                stop(bench.host, how);
                bench.host.write_register(NZ_REG_STATUS, NZ_STATUS_DONE | NZ_STATUS_ERROR);
                const std::uint64_t groups = bench.platform.statistic_sum("groups");
                in_mid_layer += groups > 0 && groups < 8 ? 1 : 0;
                CHECK(bench.platform.statistic_sum("products") == groups * 8 * 72 * 256);
                CHECK(bench.platform.statistic_sum("outputs") == groups * 8 * 256);
                const HostOutcome again = bench.host.run(image);
                REQUIRE(again.done);
                CHECK(again.output == whole.output);
                CHECK(again.records.back().cycles == whole.records.back().cycles);
            }
        }
        CHECK(in_mid_layer > 10);
        CHECK(bench.lowering->decode_sums(job_of(test), whole.output) == expected);
    });
}

TEST_CASE("DCNN: waiting for weights costs cycles that are counted as memory") {
    DramParameters slow = Standalone::default_dram();
    slow.bytes_per_ns = 0.5;
    simulate(
        "dcnn", with_settings({{"memory.timing", "modelled"}, {"accumulator.bits", "48"}}),
        [&](Standalone& bench) {
            std::mt19937_64 random(8);
            std::uint64_t waited = 0;
            for (int n = 0; n < 30; ++n) {
                const RandomLayer test = random_convolution(random, n);
                const HostOutcome outcome = run_afresh(bench, job_of(test));
                REQUIRE(outcome.done);
                INFO("layer " << n);
                const std::uint64_t cycles = outcome.records.back().cycles;
                CHECK(attributed_cycles("dcnn", bench) == 64 * cycles);
                CHECK(bench.platform.statistic_sum("computing") + bench.platform.statistic_sum("memory") / 64 ==
                      cycles);
                CHECK(bench.lowering->decode_sums(job_of(test), outcome.output) ==
                      convolve(test.layer, test.input, test.weights));
                waited += bench.platform.statistic_sum("memory");
                // The weights cannot be there sooner than memory sends them.
                CHECK(cycles >= 2 * (2 * test.weights.size()));
            }
            CHECK(waited > 0);
        },
        slow);
}
