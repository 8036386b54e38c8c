#pragma once
// Brute-force oracle of SparTen, written from phantom_facts.md 9.5 alone (numbers below are its rules): every position
// of every chunk of every filter is looked at, for every output.

#include <cstdint>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

struct SpartenConfig {
    enum Balancing { none, gb_s, gb_h };
    enum Barrier { chunk, cell };

    int clusters = 8;
    int units = 32;  // of a cluster
    int chunk_positions = 128;
    Balancing balancing = gb_h;
    Barrier barrier = chunk;
    int start = 0;  // cycles of a filter chunk
};

struct SpartenResult {
    Psums output;  // K x P x Q, before bias and ReLU
    std::uint64_t cycles = 0;

    // Unit cycles; they sum to clusters x units x cycles (rule 6).
    std::uint64_t products = 0;  // busy
    std::uint64_t start = 0;
    std::uint64_t empty = 0;
    std::uint64_t barrier = 0;
    std::uint64_t idle_unit = 0;
    std::uint64_t idle_cluster = 0;
};

// std::invalid_argument for tensors or parameters that cannot be.
SpartenResult simulate_sparten(const Layer& layer, const Operands& input, const Operands& weights,
                               const SpartenConfig& config);

bool attribution_closes(const SpartenResult& r, const SpartenConfig& config);

}  // namespace nonzero::oracle
