// Random layers of every mapping on random machines of Phantom-2D: the platform against the oracle in cycles, causes
// and counts, against the reference in values; counted layers against computed ones; the golden rows of the closed-form
// layers; what one layer stores as the next one's input.

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/random_mask_machines.h"
#include "tests/platforms/phantom_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using oracle::PhantomConfig;
using oracle::PhantomResult;

namespace {

constexpr const char* kPhantom = "phantom2d";

struct Case {
    RandomLayer problem;
    PhantomResult expected;
};

std::vector<Case> random_cases(std::mt19937_64& random, const PhantomConfig& config, int count) {
    std::vector<Case> cases;
    for (int n = 0; n < count; ++n) {
        Case one;
        one.problem = random_mask_layer(random, n);
        one.expected = oracle::simulate_phantom(one.problem.layer, one.problem.input, one.problem.weights, config);
        cases.push_back(std::move(one));
    }
    return cases;
}

// Of the cores and the sequencer: what a counted layer has to count alike.
std::vector<std::uint64_t> counts_of(const Standalone& bench) {
    std::vector<std::uint64_t> counts;
    for (const char* counter :
         {"core.products", "core.products_useful", "core.entries", "core.busy", "core.stall", "core.core_barrier",
          "core.mesh_barrier", "core.idle", "core.fill", "core.sums", "sequencer.jobs", "sequencer.activation_bytes",
          "sequencer.weight_bytes", "sequencer.output_bytes", "weight_broadcast.blocks", "weight_broadcast.bytes",
          "activation_sharing.blocks", "activation_sharing.bytes", "output_encoder.outputs"}) {
        counts.push_back(bench.platform.statistic_sum(counter));
    }
    return counts;
}

void check_case(Standalone& bench, const Case& one) {
    const auto& [layer, input, weights] = one.problem;
    LayerJob job = job_of(layer, input, weights);
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    check_counters(bench, outcome, one.expected);
    CHECK(attributed_cycles(kPhantom, bench) ==
          std::uint64_t(find_platform(kPhantom).make_report(*bench.parameters).units) * one.expected.cycles);
    const Psums sums = bench.lowering->decode_sums(job, outcome.output);
    CHECK(sums == convolve(layer, input, weights));
    CHECK(sums.data == one.expected.output.data);
    const std::uint64_t useful = useful_products(layer, input, weights);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
    const auto counts = counts_of(bench);

    job.count_only = true;
    const HostOutcome counted = run_afresh(bench, job);
    REQUIRE(counted.done);
    CHECK(cycles_of_layer(counted) == one.expected.cycles);
    CHECK(counts_of(bench) == counts);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
}

}  // namespace

TEST_CASE("Phantom-2D: random layers on random machines") {
    std::mt19937_64 random(23);
    Machines machines;
    std::vector<std::vector<Case>> cases;
    std::vector<PhantomConfig> configs{PhantomConfig{}};
    while (configs.size() < 40) {
        if (const PhantomConfig config = random_phantom(random); config.lookahead <= 64 && !config.dynamic_mesh) {
            configs.push_back(config);
        }
    }
    cases.reserve(configs.size());
    for (const PhantomConfig& config : configs) {
        cases.push_back(random_cases(random, config, 8));
    }
    std::size_t finished = 0;
    for (std::size_t n = 0; n < configs.size(); ++n) {
        machines.add("machine_" + std::to_string(n), kPhantom, with_settings(phantom_settings(configs[n])),
                     [&, n](Standalone& bench) {
                         for (std::size_t layer = 0; layer < cases[n].size(); ++layer) {
                             INFO("machine " << n << ", layer " << layer);
                             check_case(bench, cases[n][layer]);
                             ++finished;
                         }
                     });
    }
    machines.run();
    CHECK(finished == 8 * configs.size());
    const auto some = [&](auto holds) { return std::ranges::any_of(configs, holds); };
    CHECK(some([](const PhantomConfig& config) { return config.dense; }));
    CHECK(some([](const PhantomConfig& config) { return config.one_pe_of_nine; }));
    CHECK(some([](const PhantomConfig& config) { return config.output_buffer_depth > 0; }));
    CHECK(some([](const PhantomConfig& config) { return config.columns != PhantomConfig::free; }));
    CHECK(some([](const PhantomConfig& config) { return config.refill == PhantomConfig::sliding; }));
}

TEST_CASE("Phantom-2D: golden rows of the closed-form layers, presets and switches") {
    // Cycles of U1 to U7 (phantom_facts.md 9.1, 9.4).
    struct Row {
        Settings settings;
        std::array<std::uint64_t, 7> cycles;
    };
    const std::vector<Row> rows{
        {{}, {65, 24, 99, 27, 10, 8, 63}},
        {{{"preset", "cv"}}, {67, 26, 108, 27, 10, 8, 69}},
        {{{"preset", "cv"}, {"selector", "in_order"}}, {68, 27, 111, 28, 10, 8, 70}},
        {{{"refill", "sliding"}}, {62, 24, 97, 27, 10, 8, 63}},
        {{{"refill", "sliding"}, {"selector", "in_order"}}, {64, 25, 100, 28, 10, 8, 66}},
        {{{"entry.split", "on"}}, {63, 24, 97, 26, 10, 8, 63}},
        {{{"selector", "best_fit"}}, {63, 24, 98, 27, 10, 8, 63}},
        {{{"columns", "barrier_plane"}}, {97, 32, 197, 39, 12, 10, 71}},
        {{{"columns", "barrier_batch"}, {"lookahead.factor", "3"}}, {107, 36, 244, 40, 13, 10, 78}},
        {{{"map", "fixed"}}, {82, 29, 159, 39, 10, 8, 64}},
        {{{"map", "rotate"}}, {82, 29, 117, 27, 11, 8, 63}},
        {{{"l2.rate", "3"}}, {92, 32, 181, 32, 15, 9, 104}},
        {{{"core.shape", "1x9"}}, {57, 22, 97, 22, 9, 8, 50}},
        {{{"mode", "dense"}}, {208, 64, 640, 50, 38, 13, 136}}};
    Machines machines;
    int finished = 0;
    for (std::size_t n = 0; n < rows.size(); ++n) {
        machines.add("row_" + std::to_string(n), kPhantom, with_settings(rows[n].settings), [&, n](Standalone& bench) {
            for (std::size_t layer = 0; layer < 7; ++layer) {
                const ClosedFormLayer unit = closed_form_layer("U" + std::to_string(layer + 1));
                INFO("row " << n << ", " << unit.layer.name);
                const LayerJob job = job_of(unit.layer, unit.input, unit.weights);
                const HostOutcome outcome = run_afresh(bench, job);
                REQUIRE(outcome.done);
                CHECK(cycles_of_layer(outcome) == rows[n].cycles[layer]);
                CHECK(bench.lowering->decode_sums(job, outcome.output) ==
                      convolve(unit.layer, unit.input, unit.weights));
                ++finished;
            }
        });
    }
    machines.run();
    CHECK(finished == int(7 * rows.size()));
}

TEST_CASE("Phantom-2D: a layer's stored outputs are the next layer's input") {
    simulate(kPhantom, {}, [](Standalone& bench) {
        std::mt19937_64 random(5);
        RandomLayer first;
        first.layer = square_convolution("first", 5, 12, 10, 3);
        first.input = random_operands(random, first.layer.input_shape(), 0.5, 100);
        first.weights = random_operands(random, first.layer.weight_shape(), 0.4, 100);
        RandomLayer second;
        second.layer = square_convolution("second", 12, 9, 10, 3);
        second.weights = random_operands(random, second.layer.weight_shape(), 0.4, 100);

        LayerJob job = job_of(first);
        PostProcessing processing;
        processing.output_bits = 8;
        processing.relu = true;
        processing.accumulator_bits = bench.lowering->accumulator_bits();
        processing.requantisation.assign(12, {1 << 30, 8});
        job.post_processing = processing;
        const HostOutcome produced = run_afresh(bench, job);
        REQUIRE(produced.done);
        second.input = post_process(convolve(first.layer, first.input, first.weights), processing);
        CHECK(bench.lowering->decode_output(job, produced.output) == second.input);
        CHECK(produced.output == bench.lowering->encode(job, second.input));
        CHECK(non_zeros(second.input) < second.input.size());
        CHECK(bench.platform.statistic("sequencer.output_bytes") == produced.output.size());

        // The bytes as they were written in place of the host's own.
        const LayerJob next = job_of(second);
        MemoryImage image = bench.lowering->lower(next, Standalone::kBase);
        nz_descriptor descriptor = read_descriptor(image, 0);
        image.segments.push_back({"produced", image.end, produced.output});
        descriptor.input = {image.end, produced.output.size()};
        image.end += produced.output.size();
        write_descriptor(image, 0, descriptor);
        const HostOutcome outcome = run_afresh(bench, image);
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(next, outcome.output) ==
              convolve(second.layer, second.input, second.weights));
    });
}
