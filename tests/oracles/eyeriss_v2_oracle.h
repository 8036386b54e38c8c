#pragma once
// Brute-force oracle of Eyeriss v2, written from phantom_facts.md 9.6 alone (numbers below are its rules): every PE of
// every pass walks its inputs one by one.

#include <cstdint>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

struct EyerissV2Config {
    int cluster_rows = 8;
    int cluster_columns = 2;
    int pe_rows = 3;  // of a cluster
    int pe_columns = 4;
    int simd = 2;
    int M0 = 32;           // filters of a PE
    int empty_column = 0;  // cycles of a non-zero input that meets no weight
    int fill = 7;          // of a pass

    int pes() const { return cluster_rows * cluster_columns * pe_rows * pe_columns; }
};

struct EyerissV2Result {
    Psums output;  // K x P x Q, before bias and ReLU
    std::uint64_t cycles = 0;
    std::uint64_t passes = 0;
    std::uint64_t products = 0;
    std::uint64_t half_words = 0;    // SIMD words that lack a weight
    std::uint64_t most_weights = 0;  // non-zeros in one PE in one pass

    // PE cycles; they sum to PEs x cycles (rule 6).
    std::uint64_t busy = 0;
    std::uint64_t empty_columns = 0;
    std::uint64_t barrier = 0;
    std::uint64_t unmapped = 0;
    std::uint64_t fill = 0;
};

// std::invalid_argument for tensors or parameters that cannot be.
EyerissV2Result simulate_eyeriss_v2(const Layer& layer, const Operands& input, const Operands& weights,
                                    const EyerissV2Config& config);

bool attribution_closes(const EyerissV2Result& r, const EyerissV2Config& config);

}  // namespace nonzero::oracle
