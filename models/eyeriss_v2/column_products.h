#pragma once
// The work of a PE in a pass: every non-zero input of its rows meets the columns of weights under its taps
// (phantom_facts.md 9.6 rules 2 and 4). Plain C++, the machine's inner loop.

#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/eyeriss_v2/compressed_columns.h"

namespace nonzero::eyeriss_v2 {

// Sums of an output row lie filter by filter, column by column of the output: this many from one column to the next.
constexpr std::size_t sums_stride(std::size_t filters) {
    return (filters + 7) / 8 * 8;
}

// Weights in the scratch pad of a PE.
struct PeWeights {
    PeWeights() = default;
    PeWeights(const CompressedColumns& columns, std::size_t filters);

    std::size_t filters = 0;
    std::uint64_t non_zeros = 0;
    std::vector<std::uint32_t> counts;   // of each column
    AlignedVector<std::int16_t> values;  // columns x sums_stride(filters), zeros included; none of a counted layer
};

// The rows of the input under a PE's weights: of its first channel, in InputRows; nullopt: in the padding ring.
using InputRow = std::optional<std::size_t>;

struct PeCounts {
    std::uint64_t busy = 0;             // cycles
    std::uint64_t empty = 0;            // cycles of inputs that meet no weight
    std::uint64_t products = 0;         // multiplied
    std::uint64_t useful_products = 0;  // of two non-zeros
    std::uint64_t half_words = 0;       // words that lack a weight
};

PeCounts count_products(const LayerPlan& plan, const InputRows& input, const InputRow& row, const PeWeights& weights);

// Whether what a column of PEs adds up in a pass is exact in 32 bits.
bool fits_32_bits(const LayerPlan& plan);
// Adds to the sums of an output row, Q x sums_stride(filters). Exact where no sum leaves the type.
void add_products(const LayerPlan& plan, const InputRows& input, std::size_t row, const PeWeights& weights,
                  std::int32_t* sums);
void add_products(const LayerPlan& plan, const InputRows& input, std::size_t row, const PeWeights& weights,
                  std::int64_t* sums);

}  // namespace nonzero::eyeriss_v2
