// Random layers of every mapping on random machines of Eyeriss v2: the platform against the oracle in cycles and
// causes, against the reference in values; counted layers against computed ones; golden rows; what one layer stores as
// the next one's input.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/comparison_golden_rows.h"
#include "tests/oracles/random_mask_machines.h"
#include "tests/platforms/eyeriss_v2_bench.h"

using namespace nonzero;
using namespace nonzero::test;
using oracle::EyerissV2Config;

namespace {

constexpr const char* kEyeriss = "eyeriss_v2";

void keep_below(int limit, Operands& operands) {
    for (std::int16_t& value : operands.data) {
        value = std::int16_t(value % limit);
    }
}

EyerissV2Config random_machine(std::mt19937_64& random) {
    EyerissV2Config config = random_eyeriss_v2(random);
    if (one_in(random, 2)) {
        config.pe_rows = pick(random, 1, 4);
        config.pe_columns = pick(random, 1, 5);
        config.simd = pick(random, 1, 3);
    }
    return config;
}

void check_random(unsigned seed, int machines_of_width, int operand_bits) {
    std::mt19937_64 random(seed);
    Machines machines;
    std::vector<EyerissV2Config> configs;
    for (int n = 0; n < machines_of_width; ++n) {
        configs.push_back(n == 0 ? EyerissV2Config{} : random_machine(random));
    }
    int finished = 0;
    for (std::size_t n = 0; n < configs.size(); ++n) {
        Settings settings = eyeriss_v2_settings(configs[n]);
        settings.insert(settings.end(), {{"operand.bits", std::to_string(operand_bits)}, {"accumulator.bits", "48"}});
        machines.add("machine_" + std::to_string(n), kEyeriss, with_settings(settings), [&, n](Standalone& bench) {
            std::mt19937_64 layers(seed * 1000 + n);
            for (int layer = 0; layer < 8; ++layer) {
                INFO("machine " << n << ", layer " << layer);
                RandomLayer one = random_mask_layer(layers, layer);
                if (operand_bits < 16) {
                    keep_below(256, one.input);
                    keep_below(256, one.weights);
                }
                check_eyeriss_v2_layer(bench, one.layer, one.input, one.weights,
                                       oracle::simulate_eyeriss_v2(one.layer, one.input, one.weights, configs[n]));
                ++finished;
            }
        });
    }
    machines.run();
    CHECK(finished == 8 * int(configs.size()));
    const auto some = [&](auto holds) { return std::ranges::any_of(configs, holds); };
    CHECK(some([](const EyerissV2Config& config) { return config.empty_column > 0; }));
    CHECK(some([](const EyerissV2Config& config) { return config.fill != 7; }));
    CHECK(some([](const EyerissV2Config& config) { return config.M0 < 8; }));
    CHECK(some([](const EyerissV2Config& config) { return config.simd == 3; }));
}

}  // namespace

TEST_CASE("Eyeriss v2: random layers on random machines, sums of 32 bits") {
    check_random(1, 20, 9);
}
TEST_CASE("Eyeriss v2: random layers on random machines, sums of 64 bits") {
    check_random(2, 20, 16);
}

TEST_CASE("Eyeriss v2: golden rows of the closed-form layers") {
    Machines machines;
    std::size_t finished = 0;
    for (const bool empty_column : {false, true}) {
        EyerissV2Config config;
        config.empty_column = empty_column ? 1 : 0;
        machines.add(
            empty_column ? "empty" : "hidden", kEyeriss, with_settings(eyeriss_v2_settings(config)),
            [&finished, empty_column](Standalone& bench) {
                for (const ComparisonRow& row : kClosedFormRows) {
                    INFO(row.layer << ", empty column " << empty_column);
                    const ClosedFormLayer one = closed_form_layer(row.layer);
                    const LayerJob job = job_of(one.layer, one.input, one.weights);
                    const HostOutcome outcome = run_afresh(bench, job);
                    REQUIRE(outcome.done);
                    CHECK(outcome.records.back().cycles == (empty_column ? row.empty_column_1 : row.eyeriss_v2_cycles));
                    CHECK(bench.lowering->decode_sums(job, outcome.output) ==
                          convolve(one.layer, one.input, one.weights));
                    const auto sum = [&](const char* name) { return bench.platform.statistic_sum(name); };
                    CHECK(sum("sequencer.passes") == row.passes);
                    CHECK(sum("pe.products") == row.eyeriss_v2.products);
                    CHECK(sum("pe.busy") == row.eyeriss_v2.busy);
                    CHECK(sum("pe.half_words") == row.eyeriss_v2.half_words);
                    if (!empty_column) {
                        CHECK(sum("cluster.barrier") == row.eyeriss_v2.barrier);
                        CHECK(sum("cluster.unmapped") == row.eyeriss_v2.unmapped);
                    }
                    ++finished;
                }
            });
    }
    machines.run();
    CHECK(finished == 2 * kClosedFormRows.size());
}

TEST_CASE("Eyeriss v2: a layer's stored outputs are the next layer's input") {
    simulate(kEyeriss, {}, [](Standalone& bench) {
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
