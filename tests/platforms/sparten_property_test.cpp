// Random layers of every mapping on random machines of SparTen: the platform against the oracle in cycles and causes,
// against the reference in values; counted layers against computed ones; golden rows; what one layer stores as the next
// one's input.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/comparison_golden_rows.h"
#include "tests/oracles/random_mask_machines.h"
#include "tests/platforms/sparten_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using oracle::SpartenConfig;

namespace {

constexpr const char* kSparten = "sparten";

void keep_below(int limit, Operands& operands) {
    for (std::int16_t& value : operands.data) {
        value = std::int16_t(value % limit);
    }
}

void check_random(unsigned seed, int machines_of_width, int operand_bits) {
    std::mt19937_64 random(seed);
    Machines machines;
    std::vector<SpartenConfig> configs;
    for (int n = 0; n < machines_of_width; ++n) {
        configs.push_back(n == 0 ? SpartenConfig{} : random_sparten(random));
    }
    int finished = 0;
    for (std::size_t n = 0; n < configs.size(); ++n) {
        Settings settings = sparten_settings(configs[n]);
        settings.insert(settings.end(), {{"operand.bits", std::to_string(operand_bits)}, {"accumulator.bits", "48"}});
        machines.add("machine_" + std::to_string(n), kSparten, with_settings(settings), [&, n](Standalone& bench) {
            std::mt19937_64 layers(seed * 1000 + n);
            for (int layer = 0; layer < 8; ++layer) {
                INFO("machine " << n << ", layer " << layer);
                RandomLayer one = random_mask_layer(layers, layer);
                if (operand_bits < 16) {
                    keep_below(256, one.input);
                    keep_below(256, one.weights);
                }
                check_sparten_layer(bench, one.layer, one.input, one.weights,
                                    oracle::simulate_sparten(one.layer, one.input, one.weights, configs[n]));
                ++finished;
            }
        });
    }
    machines.run();
    CHECK(finished == 8 * int(configs.size()));
    const auto some = [&](auto holds) { return std::ranges::any_of(configs, holds); };
    for (const auto balancing : {SpartenConfig::none, SpartenConfig::gb_s, SpartenConfig::gb_h}) {
        CHECK(some([&](const SpartenConfig& config) { return config.balancing == balancing; }));
    }
    for (const auto barrier : {SpartenConfig::chunk, SpartenConfig::cell}) {
        CHECK(some([&](const SpartenConfig& config) { return config.barrier == barrier; }));
    }
    CHECK(some([](const SpartenConfig& config) { return config.start > 0; }));
    CHECK(some([](const SpartenConfig& config) { return config.chunk_positions != 128; }));
}

}  // namespace

TEST_CASE("SparTen: random layers on random machines, sums of 32 bits") {
    check_random(1, 20, 9);
}
TEST_CASE("SparTen: random layers on random machines, sums of 64 bits") {
    check_random(2, 20, 16);
}

TEST_CASE("SparTen: golden rows of the closed-form layers") {
    struct Machine {
        SpartenConfig config;
        std::uint64_t (*cycles)(const ComparisonRow&);
    };
    std::vector<Machine> kinds(7);
    kinds[0].cycles = [](const ComparisonRow& row) { return row.chunk_barrier[0]; };
    kinds[1].cycles = [](const ComparisonRow& row) { return row.chunk_barrier[1]; };
    kinds[2].cycles = [](const ComparisonRow& row) { return row.chunk_barrier[2]; };
    kinds[3].cycles = [](const ComparisonRow& row) { return row.cell_barrier[0]; };
    kinds[4].cycles = [](const ComparisonRow& row) { return row.cell_barrier[1]; };
    kinds[5].cycles = [](const ComparisonRow& row) { return row.cell_barrier[2]; };
    kinds[6].cycles = [](const ComparisonRow& row) { return row.start_4; };
    kinds[6].config.start = 4;
    Machines machines;
    std::size_t finished = 0;
    for (std::size_t n = 0; n < kinds.size(); ++n) {
        if (n < 6) {
            kinds[n].config.balancing = SpartenConfig::Balancing(n % 3);
            kinds[n].config.barrier = SpartenConfig::Barrier(n / 3);
        }
        machines.add("machine_" + std::to_string(n), kSparten, with_settings(sparten_settings(kinds[n].config)),
                     [&, n](Standalone& bench) {
                         for (const ComparisonRow& row : kClosedFormRows) {
                             INFO(row.layer << ", machine " << n);
                             const ClosedFormLayer one = closed_form_layer(row.layer);
                             const LayerJob job = job_of(one.layer, one.input, one.weights);
                             const HostOutcome outcome = run_afresh(bench, job);
                             REQUIRE(outcome.done);
                             CHECK(outcome.records.back().cycles == kinds[n].cycles(row));
                             CHECK(bench.lowering->decode_sums(job, outcome.output) ==
                                   convolve(one.layer, one.input, one.weights));
                             if (n == 2) {
                                 const auto sum = [&](const char* name) { return bench.platform.statistic_sum(name); };
                                 CHECK(sum("unit.products") == row.sparten.products);
                                 CHECK(sum("unit.empty") == row.sparten.empty);
                                 CHECK(sum("cluster.barrier") == row.sparten.barrier);
                                 CHECK(sum("cluster.idle_unit") == row.sparten.idle_unit);
                                 CHECK(sum("cluster.idle_cluster") == row.sparten.idle_cluster);
                             }
                             ++finished;
                         }
                     });
    }
    machines.run();
    CHECK(finished == kinds.size() * kClosedFormRows.size());
}

TEST_CASE("SparTen: a layer's stored outputs are the next layer's input") {
    simulate(kSparten, {}, [](Standalone& bench) {
        std::mt19937_64 random(5);
        RandomLayer first;
        first.layer = square_convolution("first", 5, 12, 10, 3);
        first.input = random_operands(random, first.layer.input_shape(), 0.5, 100);
        first.weights = random_operands(random, first.layer.weight_shape(), 0.4, 100);
        LayerJob job = job_of(first);
        PostProcessing processing;
        processing.output_bits = 8;
        processing.relu = true;
        processing.accumulator_bits = bench.lowering->accumulator_bits();
        processing.requantisation.assign(12, {1 << 30, 8});
        job.post_processing = processing;
        const HostOutcome produced = run_afresh(bench, job);
        REQUIRE(produced.done);
        const Operands expected = post_process(convolve(first.layer, first.input, first.weights), processing);
        CHECK(bench.lowering->decode_output(job, produced.output) == expected);
        CHECK(produced.output == bench.lowering->encode(job, expected));
        CHECK(non_zeros(expected) < expected.size());
        CHECK(bench.platform.statistic("sequencer.output_bytes") == produced.output.size());
    });
}
