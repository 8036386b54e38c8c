// Random products on random machines: the platform against the oracle, cycle counts, attribution and values; counted
// layers against computed ones; random convolutions against the reference.

#include <catch2/catch.hpp>

#include <map>
#include <random>

#include "tests/oracles/demm_oracle.h"
#include "tests/platforms/gemm_cases.h"
#include "workloads/error.h"
#include "workloads/nm.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    std::mt19937_64& engine() { return engine_; }

  private:
    std::mt19937_64 engine_;
};

struct Problem {
    GemmCase gemm;
    oracle::GemmProblem same;
};

Problem random_problem(Random& random, int m) {
    const GemmShape shape{random.pick(1, 3), random.pick(1, 9), random.pick(1, 50), random.pick(1, 20)};
    Problem problem;
    problem.gemm.layer = gemm_layer("random", shape);
    const double densities[] = {0.0, 0.1, 0.4, 0.8, 1.0};
    const int magnitude = random.pick(0, 4) == 0 ? 32767 : 200;
    Operands matrix = random_operands(random.engine(), {std::size_t(shape.groups * shape.Mo), std::size_t(shape.K)},
                                      densities[random.pick(0, 4)], magnitude);
    problem.gemm.input = random_operands(random.engine(), problem.gemm.layer.input_shape(), 0.9, magnitude);
    if (random.pick(0, 1) == 0) {
        // Windows that divide the tile, that it divides, and others.
        const int windows[] = {m, 2 * m, m % 2 == 0 ? m / 2 : m, random.pick(1, 12)};
        const int window = windows[random.pick(0, 3)];
        problem.gemm.pattern = NmPattern{random.pick(1, window), window};
        if (random.pick(0, 9) != 0) {  // else it may break its pattern
            prune_to_largest(matrix, *problem.gemm.pattern);
        }
    }
    problem.gemm.weights = layer_weights(problem.gemm.layer, matrix);
    problem.same = {shape.groups, shape.Mo, shape.K, shape.P, matrix.data, problem.gemm.input.data};
    return problem;
}

// Every counter of the machine but those of its host side.
std::map<std::string, std::uint64_t> counters_of(const Standalone& bench) {
    std::map<std::string, std::uint64_t> counters;
    for (const char* name : {"sequencer.layers",
                             "sequencer.layer_cycles",
                             "sequencer.activation_bytes",
                             "sequencer.weight_bytes",
                             "sequencer.output_bytes",
                             "sequencer.tiles",
                             "sequencer.preload",
                             "sequencer.drain",
                             "activation_buffer.stored_words",
                             "activation_buffer.tile_words",
                             "memory.row_reads",
                             "memory.row_writes",
                             "memory.read_port_idle",
                             "row_streamer.slots",
                             "row_streamer.entry_bytes",
                             "array.busy",
                             "array.column_fragment",
                             "array.port_idle",
                             "array.products",
                             "array.row_jobs",
                             "array.beyond_k",
                             "output_buffer.psum_updates",
                             "output_buffer.psum_row_updates",
                             "output_buffer.outputs"}) {
        counters[name] = bench.platform.statistic(name);
    }
    return counters;
}

void check_against_oracle(Standalone& bench, const Problem& problem, const oracle::DemmConfig& config) {
    const oracle::DemmResult expected = oracle::simulate_demm(problem.same, config);
    const LayerJob job = problem.gemm.job();
    if (expected.refused()) {
        CHECK_THROWS_AS(bench.lowering->lower(job, Standalone::kBase), InputError);
        return;
    }
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    const auto found = [&](const char* counter) { return bench.platform.statistic(counter); };
    CHECK(cycles_of(outcome) == expected.cycles);
    CHECK(found("sequencer.tiles") == expected.tiles);
    CHECK(found("row_streamer.slots") == expected.slots);
    CHECK(found("memory.row_writes") == expected.writes);
    CHECK(found("memory.row_reads") == expected.reads);
    CHECK(found("memory.read_port_idle") == expected.port_idle);
    CHECK(found("array.products") == expected.products);
    CHECK(found("array.beyond_k") == expected.beyond_k);
    CHECK(found("output_buffer.psum_row_updates") == expected.psum_updates);
    CHECK(found("array.busy") == expected.mac_busy);
    CHECK(found("array.column_fragment") == expected.mac_column_fragment);
    CHECK(found("array.port_idle") == expected.mac_port_idle);
    CHECK(found("sequencer.preload") == expected.mac_preload);
    CHECK(found("sequencer.drain") == expected.mac_drain);
    CHECK(attributed_cycles("demm", bench) == std::uint64_t(config.N) * std::uint64_t(config.C) * expected.cycles);
    CHECK(bench.lowering->decode_sums(job, outcome.output).data == expected.Y);
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products);

    // Only counted, all is the same.
    const auto counters = counters_of(bench);
    const std::uint64_t useful = bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO);
    LayerJob counted = job;
    counted.count_only = true;
    const HostOutcome count = run_afresh(bench, counted);
    REQUIRE(count.done);
    CHECK(cycles_of(count) == expected.cycles);
    CHECK(counters_of(bench) == counters);
    CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
    CHECK(bench.host.read_counter(NZ_REG_PRODUCTS_LO) == expected.products);
}

struct Machine {
    int n, m, c, k, depth;
    oracle::DemmConfig::Preload preload;
    bool by_pattern;
};

void check_machine(const Machine& machine, unsigned seed) {
    const char* const preloads[] = {"serial", "hidden", "naive"};
    const Settings settings{{"engine.n", std::to_string(machine.n)},
                            {"engine.m", std::to_string(machine.m)},
                            {"engine.c", std::to_string(machine.c)},
                            {"engine.k", std::to_string(machine.k)},
                            {"engine.pipeline_depth", std::to_string(machine.depth)},
                            {"engine.preload", preloads[machine.preload]},
                            {"engine.rho", machine.by_pattern ? "pattern" : "per_row"},
                            {"operand.bits", "16"},
                            {"accumulator.bits", "48"}};
    simulate_demm(settings, [&](Standalone& bench) {
        Random random(seed);
        int with_pattern = 0;
        for (int n = 0; n < 60; ++n) {
            INFO("problem " << n);
            const Problem problem = random_problem(random, machine.m);
            oracle::DemmConfig config;
            config.N = machine.n;
            config.M = machine.m;
            config.C = machine.c;
            config.k = machine.k;
            config.D = machine.depth;
            config.preload = machine.preload;
            if (problem.gemm.pattern && machine.by_pattern) {
                config.pattern_n = problem.gemm.pattern->n;
                config.pattern_m = problem.gemm.pattern->m;
                ++with_pattern;
            }
            check_against_oracle(bench, problem, config);
        }
        CHECK((with_pattern > 10) == machine.by_pattern);
    });
}

}  // namespace

TEST_CASE("random products with serial preload") {
    check_machine({3, 8, 5, 2, 6, oracle::DemmConfig::serial, true}, 1);
}
TEST_CASE("random products with hidden preload") {
    check_machine({2, 12, 7, 1, 3, oracle::DemmConfig::hidden, true}, 2);
}
TEST_CASE("random products with naive preload") {
    check_machine({4, 6, 16, 8, 0, oracle::DemmConfig::naive, true}, 3);
}
TEST_CASE("random products row by row with serial preload") {
    check_machine({1, 5, 20, 3, 1, oracle::DemmConfig::serial, false}, 4);
}
TEST_CASE("random products row by row with hidden preload") {
    check_machine({5, 16, 1, 2, 9, oracle::DemmConfig::hidden, false}, 5);
}
TEST_CASE("random products on the published machine") {
    check_machine({8, 128, 64, 8, 6, oracle::DemmConfig::serial, true}, 6);
}

TEST_CASE("every multiple of the machine's own pattern is exact") {
    // jN:M for j = 1 .. k and beyond.
    simulate_demm({{"engine.n", "4"}, {"engine.m", "32"}, {"engine.c", "16"}, {"engine.k", "6"}},
                  [](Standalone& bench) {
                      for (int j = 1; j <= 8; ++j) {
                          const GemmCase gemm = hashed_case({1, 20, 70, 40}, NmPattern{4 * j, 32});
                          const HostOutcome outcome = run_afresh(bench, gemm.job());
                          REQUIRE(outcome.done);
                          CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) ==
                                convolve(gemm.layer, gemm.input, gemm.weights));
                          CHECK(bench.platform.statistic("row_streamer.slots") == std::uint64_t(j * 20 * 3 * 3));
                          CHECK((bench.platform.statistic("array.beyond_k") > 0) == (j > 6));
                      }
                  });
}

TEST_CASE("random convolutions of every kind give the reference's sums") {
    simulate_demm(
        {{"engine.n", "4"}, {"engine.m", "16"}, {"engine.c", "24"}, {"operand.bits", "16"}, {"accumulator.bits", "24"}},
        [](Standalone& bench) {
            std::mt19937_64 random(7);
            std::uint64_t overflows = 0;
            for (int n = 0; n < 80; ++n) {
                RandomLayer test = random_convolution(random, n);
                if (n % 4 == 0) {
                    test.layer.dilation_y = 1 + n % 3;
                    test.layer.H += 2 * test.layer.KH;
                    test.input = random_operands(random, test.layer.input_shape(), 0.5, 1000);
                }
                INFO("layer " << n);
                const LayerJob job = job_of(test);
                const HostOutcome outcome = run_afresh(bench, job);
                REQUIRE(outcome.done);
                const Wrapped expected = wrap_to(convolve(test.layer, test.input, test.weights), 24);
                CHECK(bench.lowering->decode_sums(job, outcome.output) == expected.values);
                CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == expected.overflows);
                CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) ==
                      useful_products(test.layer, test.input, test.weights));
                overflows += expected.overflows;
                const auto counters = counters_of(bench);
                LayerJob counted = job;
                counted.count_only = true;
                REQUIRE(run_afresh(bench, counted).done);
                CHECK(counters_of(bench) == counters);
                CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) ==
                      useful_products(test.layer, test.input, test.weights));
            }
            CHECK(overflows > 0);
        });
}
