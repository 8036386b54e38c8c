// Random layers through the whole SCNN platform, driven by registers, memory and interrupt: values against the
// reference, cycles and their attribution against the brute-force oracle.

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <random>

#include "tests/oracles/scnn_oracle.h"
#include "tests/platforms/comparison.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Variant {
    std::string name;
    std::string kind = "scnn";
    PlatformOptions options;
    oracle::ScnnConfig config;
};

void apply(Variant& variant, const std::string& parameter, const std::string& value) {
    variant.options.parameters.emplace_back(parameter, value);
}

Variant random_variant(std::mt19937_64& random, int number) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    Variant variant;
    variant.name = fmt::format("v{}", number);
    oracle::ScnnConfig& config = variant.config;
    if (number % 3 == 1) {
        variant.kind = number % 2 == 0 ? "scnn_sparse_a" : "scnn_sparse_w";
        config.dense_weights = number % 2 == 0;
        config.dense_activations = number % 2 != 0;
    }
    if (number > 0) {  // the first one is the published machine
        config.pe_rows = pick(1, 8);
        config.pe_columns = pick(1, 8);
        config.F = pick(1, 8);
        config.I = pick(1, 8);
        config.banks = pick(0, 1) == 0 ? 32 : pick(1, 70);
        config.queue_depth = pick(1, 12);
        config.infinite_queue = pick(0, 5) == 0;
        config.single_write = pick(0, 3) == 0;
        config.hash = oracle::ScnnConfig::Hash(pick(0, 3));
        config.kc = pick(1, 16);
        config.accumulator_entries = pick(0, 3) == 0 ? 4096 : 1024;
        config.placeholders = pick(0, 2) != 0;
        config.skew_fifo = pick(0, 3) == 0;
        config.fifo_depth = pick(0, 1) == 0 ? 400 : 1000;
        if (number == 2) {  // wide counts
            config.F = 16;
            config.I = 16;
        }
        if (number == 3 || number == 4) {  // four large PEs with as many multipliers as the published machine
            config.pe_rows = config.pe_columns = 2;
            config.F = config.I = 16;
            config.banks = 512;
            config.accumulator_entries = 16384;
            config.hash = number == 3 ? oracle::ScnnConfig::h1 : oracle::ScnnConfig::h2;
        }
    }
    apply(variant, "pe.rows", std::to_string(config.pe_rows));
    apply(variant, "pe.columns", std::to_string(config.pe_columns));
    apply(variant, "pe.f", std::to_string(config.F));
    apply(variant, "pe.i", std::to_string(config.I));
    apply(variant, "pe.kc", std::to_string(config.kc));
    apply(variant, "accumulator.banks", std::to_string(config.banks));
    apply(variant, "accumulator.entries", std::to_string(config.accumulator_entries));
    apply(variant, "accumulator.bits", "48");
    apply(variant, "crossbar.queue_depth", std::to_string(config.queue_depth));
    apply(variant, "crossbar.queue_infinite", config.infinite_queue ? "true" : "false");
    apply(variant, "crossbar.write", config.single_write ? "single" : "multiple");
    apply(variant, "crossbar.hash", fmt::format("h{}", 1 + int(config.hash)));
    apply(variant, "compression.placeholders", config.placeholders ? "true" : "false");
    apply(variant, "weights.skew", config.skew_fifo ? "fifo" : "unbounded");
    apply(variant, "weights.fifo_entries", std::to_string(config.fifo_depth));
    return variant;
}

// Compares one finished layer; returns what differs.
std::string differences(const Standalone& bench, const HostOutcome& outcome, const RandomLayer& job,
                        const oracle::ScnnConfig& config, const oracle::ScnnResult& expected) {
    Comparison comparison;
    if (!comparison.finished(outcome)) {
        return comparison.text();
    }
    const auto same = [&](const char* what, std::uint64_t ours, std::uint64_t theirs) {
        comparison.same(what, ours, theirs);
    };
    comparison.holds("values", bench.lowering->decode_sums(job_of(job), outcome.output) ==
                                   convolve(job.layer, job.input, job.weights));
    same("cycles", outcome.records.back().cycles, expected.layer_cycles);
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    const oracle::ScnnAttribution& a = expected.attribution;
    same("busy", sum("busy"), a.busy);
    same("void", sum("void"), a.void_slots);
    same("conflict", sum("conflict"), a.conflict);
    same("bank drain", sum("bank_drain"), a.bank_drain);
    same("barrier", sum("barrier") + sum("weight_fifo"), a.barrier);
    same("halo/finalise", sum("halo_finalise"), a.halo_finalise);
    same("memory", sum("memory"), a.memory);
    same("useful", sum("products_useful"), expected.products_useful);
    same("useful products of the layer", sum("products_useful"), useful_products(job.layer, job.input, job.weights));
    same("kept", sum("products_kept"), a.kept);
    same("dropped", sum("products_dropped"), a.dropped);
    same("placeholder", sum("products_placeholder"), a.placeholder);
    same("partial activation", sum("lanes_partial_activation"), a.unused_partial_activation);
    same("partial weight", sum("lanes_partial_weight"), a.unused_partial_weight);
    std::uint64_t stored = 0;
    std::uint64_t peak = 0;
    for (int row = 0; row < config.pe_rows; ++row) {
        for (int column = 0; column < config.pe_columns; ++column) {
            const std::string pe = fmt::format("pe_{}_{}.", row, column);
            stored = std::max(stored, bench.platform.statistic(pe + "iaram_stored_entries"));
            peak = std::max(peak, bench.platform.statistic(pe + "queue_peak"));
        }
    }
    same("stored activations", stored, expected.max_stored_activations);
    same("fullest queue", peak, expected.max_queue_occupancy);
    return comparison.text();
}

// The layer as the machine sees it (scnn_facts.md 10.4): a 1x1 convolution on a 1x1 plane is fully connected.
Layer seen_by_the_machine(const Layer& layer) {
    Layer seen = layer;
    if (layer.H == 1 && layer.W == 1 && layer.KH == 1 && layer.KW == 1 && layer.pad == Padding{} && layer.groups == 1) {
        seen.kind = LayerKind::fully_connected;
    }
    return seen;
}

}  // namespace

TEST_CASE("SCNN equals the oracle on random layers and machines") {
    constexpr int kVariants = 30;
    constexpr int kLayers = 52;
    Machines machines;
    std::vector<std::string> failures;
    int compared = 0;
    int refused = 0;
    std::mt19937_64 seeds(20170624);
    for (int number = 0; number < kVariants; ++number) {
        const Variant variant = random_variant(seeds, number);
        const auto seed = seeds();
        machines.add(
            fmt::format("bench{}", number), variant.kind, variant.options, [&, variant, seed](Standalone& bench) {
                std::mt19937_64 random(seed);
                for (int n = 0; n < kLayers; ++n) {
                    const RandomLayer job =
                        n % 4 == 3 ? random_fully_connected(random, n) : random_convolution(random, n);
                    const auto expected =
                        oracle::simulate_scnn(seen_by_the_machine(job.layer), job.input, job.weights, variant.config);
                    if (expected.refused()) {
                        CHECK_THROWS(bench.lowering->check(job.layer));
                        ++refused;
                        continue;
                    }
                    LayerJob lowered = job_of(job);
                    const HostOutcome outcome = run_afresh(bench, lowered);
                    const std::string text = differences(bench, outcome, job, variant.config, expected);
                    if (!text.empty()) {
                        failures.push_back(fmt::format("{} {} layer {}:{}", variant.name, variant.kind, n, text));
                    }
                    // Without values: the same cycles.
                    lowered.count_only = true;
                    const HostOutcome counted = run_afresh(bench, lowered);
                    if (!counted.done || counted.records.back().cycles != expected.layer_cycles) {
                        failures.push_back(fmt::format("{} layer {}: count-only cycles differ", variant.name, n));
                    }
                    ++compared;
                }
            });
    }
    machines.run();
    INFO(compared << " layers compared, " << refused << " refused");
    check_none(failures);
    CHECK(compared > kVariants * kLayers / 2);
}
