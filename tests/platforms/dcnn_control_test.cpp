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
    test.layer.name = "long";
    test.layer.C = 8;
    test.layer.K = 64;
    test.layer.H = test.layer.W = 16;
    test.layer.KH = test.layer.KW = 3;
    test.layer.pad = {1, 1, 1, 1};
    test.input = random_operands(random, test.layer.input_shape(), 0.5, 90);
    test.weights = random_operands(random, test.layer.weight_shape(), 0.5, 90);
    return test;
}

// Starts the layer and stops it `ns` later by a bit of CONTROL.
void stop_after(Standalone& bench, const MemoryImage& image, double ns, std::uint32_t how) {
    Host& host = bench.host;
    for (const MemorySegment& segment : image.segments) {
        host.write_memory(segment.address, segment.bytes.data(), segment.bytes.size());
    }
    host.write_register(NZ_REG_DESCRIPTOR_ADDRESS_LO, std::uint32_t(image.descriptor_address));
    host.write_register(NZ_REG_DESCRIPTOR_ADDRESS_HI, std::uint32_t(image.descriptor_address >> 32));
    host.write_register(NZ_REG_DESCRIPTOR_COUNT, image.descriptor_count);
    host.write_register(NZ_REG_CONTROL, NZ_CONTROL_START);
    sc_core::wait(sc_core::sc_time(ns, sc_core::SC_NS));
    host.write_register(NZ_REG_CONTROL, how);
    while ((host.read_register(NZ_REG_STATUS) & NZ_STATUS_IDLE) == 0) {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    }
    host.write_register(NZ_REG_STATUS, NZ_STATUS_DONE | NZ_STATUS_ERROR);
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
                stop_after(bench, image, ns, how);
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
