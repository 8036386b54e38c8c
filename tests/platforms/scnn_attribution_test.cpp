// Cycles by cause and uses of multiplier lanes add up without a remainder, whatever the machine and its memory.

#include <catch2/catch.hpp>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/network.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_sums(const Standalone& bench, std::uint64_t layer_cycles, int lanes) {
    const PlatformReport report = find_platform("scnn").make_report(*bench.parameters);
    CHECK(attributed_cycles(bench) == std::uint64_t(report.units) * layer_cycles);
    CHECK(attributed_lanes(bench.platform) == std::uint64_t(lanes) * slots(bench.platform));
    CHECK(report.multipliers == report.units * lanes);
    // What leaves one block arrives at the next one.
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    CHECK(sum("products") == sum("products_kept") + sum("products_dropped"));
    CHECK(sum("psums_sent") == sum("psums_received"));
    CHECK(sum("psums_sent") == bench.platform.statistic("mesh.packets"));
    CHECK(sum("weight_vector_reads") == slots(bench.platform));
}

void check_machine(const Settings& settings, int units, int lanes,
                   const DramParameters& dram = Standalone::default_dram()) {
    simulate(
        with_settings(settings),
        [&](Standalone& bench) {
            CHECK(find_platform("scnn").make_report(*bench.parameters).units == units);
            std::mt19937_64 random(99);
            std::uint64_t causes_seen = 0;
            for (int n = 0; n < 25; ++n) {
                const RandomLayer test = random_convolution(random, n);
                try {
                    bench.lowering->check(test.layer);
                } catch (const InputError&) {
                    continue;
                }
                INFO("layer " << n);
                const HostOutcome outcome = run_afresh(bench, job_of(test));
                REQUIRE(outcome.done);
                const std::uint64_t cycles = outcome.records.back().cycles;
                check_sums(bench, cycles, lanes);
                CHECK(bench.platform.statistic("sequencer.layer_cycles") == cycles);
                CHECK(bench.host.read_counter(NZ_REG_LAYER_CYCLES_LO) == cycles);
                CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == bench.platform.statistic_sum("products"));
                CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) ==
                      useful_products(test.layer, test.input, test.weights));
                causes_seen += attributed_cycles(bench) > bench.platform.statistic_sum("busy") ? 1 : 0;
            }
            CHECK(causes_seen > 10);
        },
        dram);
}

DramParameters slow_dram() {
    DramParameters dram = Standalone::default_dram();
    dram.bytes_per_ns = 0.3;
    return dram;
}

}  // namespace

TEST_CASE("cycles and lanes of the published machine add up") {
    check_machine({}, 64, 16);
}
TEST_CASE("cycles and lanes add up when banks conflict") {
    check_machine({{"pe.rows", "3"},
                   {"pe.columns", "2"},
                   {"pe.f", "5"},
                   {"pe.i", "3"},
                   {"crossbar.queue_depth", "1"},
                   {"crossbar.hash", "h4"},
                   {"accumulator.banks", "7"}},
                  6, 15);
}
TEST_CASE("cycles and lanes add up with single writes and FIFO skew") {
    check_machine({{"pe.rows", "4"},
                   {"pe.columns", "4"},
                   {"crossbar.write", "single"},
                   {"weights.skew", "fifo"},
                   {"weights.fifo_entries", "90"}},
                  16, 16);
}
TEST_CASE("cycles and lanes add up with modelled memory") {
    check_machine({{"memory.timing", "modelled"}}, 64, 16);
}
TEST_CASE("cycles and lanes add up with slow memory") {
    check_machine({{"memory.timing", "modelled"}, {"pe.rows", "5"}, {"pe.columns", "3"}}, 15, 16, slow_dram());
}

TEST_CASE("cycles and lanes of AlexNet's layers add up") {
    const Network network = load_network("alexnet");
    simulate(with_settings({{"accumulator.bits", "48"}}), [&](Standalone& bench) {
        for (const char* name : {"conv1", "conv5"}) {
            INFO(name);
            const Layer* const layer = network.find(name);
            REQUIRE(layer != nullptr);
            const Operands weights = generate_weights(*layer, *layer->weight_density, SparsityPattern::correlated, 3);
            const Operands input =
                generate_activations(*layer, *layer->activation_density, SparsityPattern::correlated, 3);
            LayerJob job;
            job.layer = layer;
            job.weights = &weights;
            job.input = &input;
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            check_sums(bench, outcome.records.back().cycles, 16);
            CHECK(bench.lowering->decode_sums(job, outcome.output) == convolve(*layer, input, weights));
            CHECK(bench.platform.statistic_sum("outputs") == outcome.output.size() / 8);
        }
    });
}
