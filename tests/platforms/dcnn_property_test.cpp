// Random layers through the whole dense machines, driven by registers, memory and interrupt: values against the
// reference, cycles and every count against the brute-force oracle.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/oracles/dcnn_oracle.h"
#include "tests/platforms/comparison.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Variant {
    std::string kind;
    PlatformOptions options;
    oracle::DcnnConfig config;
};

Variant random_variant(std::mt19937_64& random, int number) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    Variant variant;
    variant.kind = number % 2 == 0 ? "dcnn" : "dcnn_opt";
    oracle::DcnnConfig& config = variant.config;
    if (number > 1) {  // the first two are the published machines
        config.pe_rows = pick(1, 8);
        config.pe_columns = pick(1, 8);
        config.multipliers = pick(1, 33);
        config.kc = pick(1, 16);
    }
    variant.options = with_settings({{"pe.rows", std::to_string(config.pe_rows)},
                                     {"pe.columns", std::to_string(config.pe_columns)},
                                     {"pe.multipliers", std::to_string(config.multipliers)},
                                     {"pe.kc", std::to_string(config.kc)},
                                     {"accumulator.bits", "48"}});
    return variant;
}

// Compares one finished layer; returns what differs.
std::string differences(const Standalone& bench, const HostOutcome& outcome, const RandomLayer& test,
                        const oracle::DcnnResult& expected, bool optimised) {
    Comparison comparison;
    if (!comparison.finished(outcome)) {
        return comparison.text();
    }
    const auto same = [&](const char* what, std::uint64_t ours, std::uint64_t theirs) {
        comparison.same(what, ours, theirs);
    };
    const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
    same("cycles", outcome.records.back().cycles, expected.layer_cycles);
    same("tile_macs", sum("tile_macs"), expected.tile_macs);
    same("busy", sum("busy"), expected.busy);
    same("barrier", sum("barrier"), expected.barrier);
    same("memory", sum("memory"), 0);
    same("products", sum("products"), expected.products);
    same("useful", sum("products_useful"), expected.useful);
    same("zero operand", sum("products_zero_operand"), expected.zero_operand);
    same("padding", sum("products_padding"), expected.padding);
    same("gated", sum("products_gated"), optimised ? expected.zero_operand + expected.padding : 0);
    same("partial", sum("lanes_partial"), expected.partial);
    same("activation vectors", sum("iaram_vector_reads"), expected.activation_vectors);
    same("weight vectors", sum("weight_vector_reads"), expected.busy);
    same("weights", sum("dram_weight_bytes"), 2 * test.weights.size());
    same("broadcast weights", sum("weight_broadcast_bytes"), 2 * test.weights.size());
    same("outputs", sum("outputs"), expected.output.size());
    return comparison.text();
}

}  // namespace

TEST_CASE("the dense machines equal the oracle on random layers") {
    constexpr int kVariants = 16;
    constexpr int kLayers = 40;
    Machines machines;
    std::vector<std::string> failures;
    int compared = 0;
    std::mt19937_64 seeds(20170628);
    for (int number = 0; number < kVariants; ++number) {
        const Variant variant = random_variant(seeds, number);
        const auto seed = seeds();
        machines.add(fmt::format("bench{}", number), variant.kind, variant.options,
                     [&, number, variant, seed](Standalone& bench) {
                         const bool optimised = variant.kind == "dcnn_opt";
                         std::mt19937_64 random(seed);
                         for (int n = 0; n < kLayers; ++n) {
                             const RandomLayer test =
                                 n % 5 == 4 ? random_fully_connected(random, n) : random_convolution(random, n);
                             const auto expected =
                                 oracle::simulate_dcnn(test.layer, test.input, test.weights, variant.config);
                             LayerJob job = job_of(test);
                             const HostOutcome outcome = run_afresh(bench, job);
                             std::string text = differences(bench, outcome, test, expected, optimised);
                             if (outcome.done && bench.lowering->decode_sums(job, outcome.output) != expected.output) {
                                 text += " values;";
                             }
                             // Without values: the same counts.
                             job.count_only = true;
                             const HostOutcome counted = run_afresh(bench, job);
                             const std::string count_text = differences(bench, counted, test, expected, optimised);
                             if (!count_text.empty()) {
                                 text += " counting only:" + count_text;
                             }
                             if (!text.empty()) {
                                 failures.push_back(fmt::format("machine {} layer {}:{}", number, n, text));
                             }
                             ++compared;
                         }
                     });
    }
    machines.run();
    check_none(failures);
    CHECK(compared == kVariants * kLayers);
}
