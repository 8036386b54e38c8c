// Random layers of every mapping on the dense machines: cycles against the oracle, values against the reference, causes
// that sum up, counted layers against computed ones; golden rows.

#include <catch2/catch.hpp>

#include <random>
#include <string>

#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/comparison_golden_rows.h"
#include "tests/oracles/dense_oracle.h"
#include "tests/oracles/random_mask_machines.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

std::uint64_t multipliers_of(const std::string& kind, const Standalone& bench) {
    return std::uint64_t(find_platform(kind).make_report(*bench.parameters).units);
}

void check_layer(const std::string& kind, Standalone& bench, const Layer& layer, const Operands& input,
                 const Operands& weights, std::uint64_t cycles) {
    LayerJob job = job_of(layer, input, weights);
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    CHECK(outcome.records.back().cycles == cycles);
    CHECK(bench.platform.statistic("multiplier_array.cycles") == cycles);
    CHECK(bench.platform.statistic("multiplier_array.products") == layer.dense_macs());
    CHECK(bench.platform.statistic("multiplier_array.busy") == layer.dense_macs());
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == layer.dense_macs());
    CHECK(attributed_cycles(kind, bench) == multipliers_of(kind, bench) * cycles);
    CHECK(bench.lowering->decode_sums(job, outcome.output) == convolve(layer, input, weights));
    const std::uint64_t useful = useful_products(layer, input, weights);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);

    const auto updates = bench.platform.statistic("output_buffer.psum_updates");
    const auto words = bench.platform.statistic("multiplier_array.weight_words");
    job.count_only = true;
    const HostOutcome counted = run_afresh(bench, job);
    REQUIRE(counted.done);
    CHECK(counted.records.back().cycles == cycles);
    CHECK(attributed_cycles(kind, bench) == multipliers_of(kind, bench) * cycles);
    CHECK(bench.platform.statistic("output_buffer.psum_updates") == updates);
    CHECK(bench.platform.statistic("multiplier_array.weight_words") == words);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
}

// multipliers: of the ideal machine; 0: lanes
void check_random(const std::string& kind, Settings settings, int multipliers, unsigned seed) {
    settings.insert(settings.end(), {{"operand.bits", "16"}, {"accumulator.bits", "48"}});
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 60; ++n) {
            INFO("layer " << n);
            const RandomLayer one = random_mask_layer(random, n);
            check_layer(
                kind, bench, one.layer, one.input, one.weights,
                multipliers == 0 ? oracle::neuromax_cycles(one.layer) : oracle::ideal_cycles(one.layer, multipliers));
        }
    });
}

void check_golden(const std::string& kind, std::uint64_t ComparisonRow::*cycles) {
    simulate(kind, {}, [&](Standalone& bench) {
        for (const ComparisonRow& row : kClosedFormRows) {
            INFO(row.layer);
            const ClosedFormLayer one = closed_form_layer(row.layer);
            check_layer(kind, bench, one.layer, one.input, one.weights, row.*cycles);
        }
    });
}

}  // namespace

TEST_CASE("dense machines: random layers on the ideal one") {
    check_random("dense", {}, 252, 1);
}
TEST_CASE("dense machines: random layers on one multiplier") {
    check_random("dense", {{"engine.multipliers", "1"}}, 1, 2);
}
TEST_CASE("dense machines: random layers on few multipliers") {
    check_random("dense", {{"engine.multipliers", "7"}}, 7, 3);
}
TEST_CASE("dense machines: random layers on lanes") {
    check_random("neuromax", {}, 0, 4);
}
TEST_CASE("dense machines: golden rows of the ideal one") {
    check_golden("dense", &ComparisonRow::ideal);
}
TEST_CASE("dense machines: golden rows of lanes") {
    check_golden("neuromax", &ComparisonRow::neuromax);
}
