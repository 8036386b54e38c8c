// Without a bank model the platform is equations (1)-(4) of scnn_facts.md 3, written out from the sizes of the blocks.

#include <catch2/catch.hpp>

#include "tests/oracles/scnn_oracle.h"
#include "tests/platforms/scnn_test_support.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Machine {
    int rows;
    int columns;
    int f;
    int i;
    int kc;
    bool placeholders;
};

// Stored entries of a block, placeholders included (10.9 rule 5).
std::uint64_t stored(const std::vector<std::int16_t>& dense, bool placeholders) {
    std::uint64_t entries = 0;
    std::uint64_t waiting = 0;  // entries that count only if a non-zero follows
    int zeros = 0;
    for (const std::int16_t value : dense) {
        if (value != 0) {
            entries += waiting + 1;
            waiting = 0;
            zeros = 0;
        } else if (++zeros == 16) {
            waiting += placeholders ? 1 : 0;
            zeros = 0;
        }
    }
    return entries;
}

int cut(int n, int parts, int index) {
    return index * n / parts;
}

// A[p,c,q] and Wn[g,c,q]
struct Blocks {
    Blocks(const RandomLayer& random, const Machine& m) : layer(random.layer), machine(m) {
        for (int pe = 0; pe < m.rows * m.columns; ++pe) {
            for (int channel = 0; channel < layer.C; ++channel) {
                for (int phase = 0; phase < phases(); ++phase) {
                    activations.push_back(stored(tile(random.input, pe, channel, phase), m.placeholders));
                }
            }
        }
    }
    int phases() const { return layer.stride_y * layer.stride_x; }
    std::vector<std::int16_t> tile(const Operands& input, int pe, int channel, int phase) const {
        std::vector<std::int16_t> dense;
        const int row = pe / machine.columns;
        const int column = pe % machine.columns;
        for (int y = cut(layer.H, machine.rows, row); y < cut(layer.H, machine.rows, row + 1); ++y) {
            for (int x = cut(layer.W, machine.columns, column); x < cut(layer.W, machine.columns, column + 1); ++x) {
                if ((y + layer.pad.top) % layer.stride_y * layer.stride_x + (x + layer.pad.left) % layer.stride_x ==
                    phase) {
                    dense.push_back(input.at(std::size_t(channel), std::size_t(y), std::size_t(x)));
                }
            }
        }
        return dense;
    }
    std::uint64_t weights(const Operands& all, int k_begin, int k_end, int channel, int phase) const {
        std::vector<std::int16_t> dense;
        for (int kh = phase / layer.stride_x; kh < layer.KH; kh += layer.stride_y) {
            for (int kw = phase % layer.stride_x; kw < layer.KW; kw += layer.stride_x) {
                for (int k = k_begin; k < k_end; ++k) {
                    dense.push_back(all.at(std::size_t(k), std::size_t(channel), std::size_t(kh), std::size_t(kw)));
                }
            }
        }
        return stored(dense, machine.placeholders);
    }
    // (1)-(3): T of the group of output channels [k_begin, k_end)
    std::uint64_t group_time(const Operands& all, int k_begin, int k_end) const {
        const int channels = layer.C / layer.groups;
        const int first = k_begin / (layer.K / layer.groups) * channels;
        std::vector<std::uint64_t> weight_vectors;
        for (int channel = 0; channel < channels; ++channel) {
            for (int phase = 0; phase < phases(); ++phase) {
                weight_vectors.push_back(vectors(weights(all, k_begin, k_end, channel, phase), machine.f));
            }
        }
        std::uint64_t slowest = 0;
        for (int pe = 0; pe < machine.rows * machine.columns; ++pe) {
            const std::size_t begin = std::size_t(pe * layer.C + first) * std::size_t(phases());
            std::uint64_t time = 0;
            for (std::size_t n = 0; n < weight_vectors.size(); ++n) {
                time += vectors(activations[begin + n], machine.i) * weight_vectors[n];
            }
            slowest = std::max(slowest, time);
        }
        return slowest;
    }
    static std::uint64_t vectors(std::uint64_t entries, int length) {
        return (entries + std::uint64_t(length) - 1) / std::uint64_t(length);
    }
    const Layer& layer;
    Machine machine;
    std::vector<std::uint64_t> activations;  // [pe][channel][phase]
};

void check_machine(const Machine& machine, std::uint64_t seed) {
    oracle::ScnnConfig config;
    config.pe_rows = machine.rows;
    config.pe_columns = machine.columns;
    config.F = machine.f;
    config.I = machine.i;
    config.kc = machine.kc;
    config.placeholders = machine.placeholders;
    config.infinite_queue = true;
    const Settings settings{{"pe.rows", std::to_string(machine.rows)},
                            {"pe.columns", std::to_string(machine.columns)},
                            {"pe.f", std::to_string(machine.f)},
                            {"pe.i", std::to_string(machine.i)},
                            {"pe.kc", std::to_string(machine.kc)},
                            {"compression.placeholders", machine.placeholders ? "true" : "false"},
                            {"crossbar.queue_infinite", "true"}};
    int compared = 0;
    simulate(with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 40; ++n) {
            const RandomLayer test = random_convolution(random, n);
            const auto expected = oracle::simulate_scnn(test.layer, test.input, test.weights, config);
            if (expected.refused()) {
                continue;
            }
            INFO("layer " << n);
            const HostOutcome outcome = run_afresh(bench, job_of(test));
            REQUIRE(outcome.done);
            const Blocks blocks(test, machine);
            // (4), with D = E + N of the oracle.
            std::uint64_t computing = 0;
            std::uint64_t layer = 0;
            std::uint64_t last_drain = 0;
            const int per_group = test.layer.K / test.layer.groups;
            std::size_t g = 0;
            for (int k = 0; k < test.layer.K; ++g) {
                const int k_end = std::min(k + expected.kc_effective, (k / per_group + 1) * per_group);
                const std::uint64_t time = blocks.group_time(test.weights, k, k_end);
                computing += time;
                layer += std::max(time, last_drain);
                last_drain = expected.groups.exchange[g] + expected.groups.finalise[g];
                k = k_end;
            }
            CHECK(expected.equations_cycles == computing);
            CHECK(bench.platform.statistic("sequencer.computing") == computing);
            CHECK(outcome.records.back().cycles == layer + last_drain);
            ++compared;
        }
    });
    CHECK(compared > 30);
}

}  // namespace

TEST_CASE("the published machine without a bank model is equations 1 to 4") {
    check_machine({8, 8, 4, 4, 8, true}, 1);
}
TEST_CASE("another machine without a bank model is equations 1 to 4") {
    check_machine({3, 5, 5, 3, 6, true}, 2);
}
TEST_CASE("a machine without placeholders or bank model is equations 1 to 4") {
    check_machine({1, 2, 2, 7, 3, false}, 3);
}
