// Random layers through whole machines of the systolic family, driven by registers, memory and interrupt: values
// against the reference, cycles of every timing and passes against the brute-force oracle, with values and only
// counted.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "models/systolic/geometry.h"
#include "tests/models/systolic/oracle_run.h"
#include "tests/models/systolic/random_array.h"
#include "tests/oracles/layer_problem.h"
#include "tests/platforms/comparison.h"
#include "tests/platforms/platform_bench.h"
#include "workloads/gemm.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;
using namespace nonzero::systolic;

namespace {

const char* timing_name(const ArrayParameters& parameters, PassTiming timing) {
    for (const auto& [name, known] : timings_of(parameters.kind)) {
        if (known == timing) {
            return name;
        }
    }
    return "";
}

Settings settings_of(const ArrayParameters& p) {
    Settings settings{{"array.rows", std::to_string(p.rows)},
                      {"array.columns", std::to_string(p.columns)},
                      {"array.timing", timing_name(p, p.timing)},
                      {"operand.bits", "16"},
                      {"accumulator.bits", "48"}};
    if (p.kind == ArrayKind::vegeta || p.kind == ArrayKind::tensor_core_24) {
        settings.emplace_back("array.alpha", std::to_string(p.alpha));
        settings.emplace_back("array.beta", std::to_string(p.beta));
    } else if (p.kind == ArrayKind::s2ta) {
        settings.emplace_back("tpe.rows", std::to_string(p.tpe_rows));
        settings.emplace_back("tpe.columns", std::to_string(p.tpe_columns));
    } else if (p.kind == ArrayKind::spots) {
        settings.emplace_back("array.split", std::to_string(p.split));
    }
    return settings;
}

// Compares one finished layer; returns what differs.
std::string differences(const Standalone& bench, const ArrayParameters& parameters, const HostOutcome& outcome,
                        const RandomLayer& test, std::optional<int> uniform_n) {
    Comparison comparison;
    if (!comparison.finished(outcome)) {
        return comparison.text();
    }
    const auto same = [&](const std::string& what, std::uint64_t ours, std::uint64_t theirs) {
        comparison.same(what, ours, theirs);
    };
    const auto counter = [&](const std::string& name) { return bench.platform.statistic(name); };
    oracle::GemmProblem problem = oracle::problem_of(test.layer, test.input, test.weights);
    problem.B.clear();
    for (const auto& [name, timing] : timings_of(parameters.kind)) {
        const auto expected = run_oracle(parameters, problem, oracle_timing(parameters.kind, timing), uniform_n);
        same(std::string("cycles_") + name, counter(std::string("sequencer.cycles_") + name), expected.cycles);
        if (timing == parameters.timing) {
            same("cycles", outcome.records.back().cycles, expected.cycles);
            same("passes", counter("array.passes"), expected.passes);
            same("busy", counter("array.busy"), expected.products);
        }
        if (is_dense(parameters.kind) && timing == PassTiming::serial) {
            same("report", counter("sequencer.cycles_report"), expected.cycles - 1);
        }
    }
    same("attributed", attributed_cycles(name_of(parameters.kind), bench),
         outcome.records.back().cycles * std::uint64_t(parameters.multipliers()));
    same("products", counter("array.products"), counter("array.busy") + counter("array.zero_weight"));
    same("outputs", counter("output_buffer.outputs"),
         std::uint64_t(test.layer.K) * std::uint64_t(test.layer.P()) * std::uint64_t(test.layer.Q()));
    return comparison.text();
}

}  // namespace

TEST_CASE("systolic machines equal the oracles on random layers") {
    constexpr int kVariants = 28;
    constexpr int kLayers = 30;
    Machines machines;
    std::vector<std::string> failures;
    int compared = 0;
    std::mt19937_64 seeds(20240116);
    for (int number = 0; number < kVariants; ++number) {
        const ArrayKind kind = kAllKinds[std::size_t(number) % std::size(kAllKinds)];
        const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(seeds); };
        // The first of each kind has the size of the comparison.
        const ArrayParameters parameters =
            number < int(std::size(kAllKinds)) ? default_parameters(kind) : random_array(kind, pick);
        const auto seed = seeds();
        machines.add(
            fmt::format("bench{}", number), name_of(kind), with_settings(settings_of(parameters)),
            [&, number, parameters, seed](Standalone& bench) {
                const ArrayGeometry geometry = make_geometry(parameters, 1);
                std::mt19937_64 random(seed);
                for (int n = 0; n < kLayers; ++n) {
                    const RandomLayer test =
                        n % 5 == 4 ? random_fully_connected(random, n) : random_convolution(random, n);
                    LayerJob job = job_of(test);
                    std::optional<int> uniform_n;
                    if (geometry.block > 1 && n % 3 == 2) {
                        uniform_n = geometry.block;
                        job.pattern = NmPattern{geometry.block, geometry.block};
                    } else if (n % 3 == 1) {
                        job.pattern = NmPattern{8, 128};  // no array's own: of no consequence
                    }
                    const HostOutcome outcome = run_afresh(bench, job);
                    std::string text = differences(bench, parameters, outcome, test, uniform_n);
                    const std::uint64_t useful = useful_products(test.layer, test.input, test.weights);
                    if (bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) != useful) {
                        text += " useful products;";
                    }
                    if (outcome.done && bench.lowering->decode_sums(job, outcome.output) !=
                                            convolve(test.layer, test.input, test.weights)) {
                        text += " values;";
                    }
                    const auto counters = all_counters(bench.platform);
                    job.count_only = true;
                    const HostOutcome counted = run_afresh(bench, job);
                    text += differences(bench, parameters, counted, test, uniform_n);
                    if (bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) != useful) {
                        text += " counted useful products;";
                    }
                    for (const char* counter :
                         {"array.busy", "array.zero_weight", "array.edge", "sequencer.operand_load",
                          "sequencer.fill_drain", "weight_buffer.slot_words", "weight_buffer.slot_bytes",
                          "activation_buffer.tile_words", "output_buffer.psum_updates", "sequencer.weight_bytes"}) {
                        if (bench.platform.statistic(counter) != counters.at(counter)) {
                            text += fmt::format(" counted {};", counter);
                        }
                    }
                    if (!text.empty()) {
                        failures.push_back(
                            fmt::format("{} (machine {}) layer {}:{}", name_of(parameters.kind), number, n, text));
                    }
                    ++compared;
                }
            });
    }
    machines.run();
    check_none(failures);
    CHECK(compared == kVariants * kLayers);
}
