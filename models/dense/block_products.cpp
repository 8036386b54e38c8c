#include "models/dense/block_products.h"

#include "workloads/vector_clones.h"

namespace nonzero::dense {

namespace {

// Sixteen positions at a time: one register of the widest machine, elsewhere the compiler takes several.
constexpr std::size_t kLanes = 16;
template <class Sum>
using Lanes [[gnu::vector_size(kLanes * sizeof(Sum))]] = Sum;

// Filters at once, so that a word that has been read is of use to several.
constexpr std::size_t kFilters = 6;

template <class Sum, std::size_t Filters>
[[gnu::always_inline]] inline void multiply_some(const BlockWork& work, std::size_t filter, std::size_t position,
                                                 Sum* to) {
    Lanes<Sum> sums[Filters] = {};
    const std::int16_t* const weights = work.weights + filter * work.weights_stride;
    for (std::size_t k = 0; k < work.k; ++k) {
        Lanes<std::int16_t> words;
        __builtin_memcpy(&words, work.words + k * work.stride + position, sizeof words);
        const Lanes<Sum> wide = __builtin_convertvector(words, Lanes<Sum>);
        for (std::size_t f = 0; f < Filters; ++f) {
            sums[f] += Sum(weights[f * work.weights_stride + k]) * wide;
        }
    }
    for (std::size_t f = 0; f < Filters; ++f) {
        __builtin_memcpy(to + (filter + f) * work.stride + position, &sums[f], sizeof sums[f]);
    }
}

template <class Sum>
[[gnu::always_inline]] inline void multiply_all(const BlockWork& work, Sum* sums) {
    for (std::size_t position = 0; position < work.stride; position += kLanes) {
        std::size_t filter = 0;
        for (; filter + kFilters <= work.filters; filter += kFilters) {
            multiply_some<Sum, kFilters>(work, filter, position, sums);
        }
        for (; filter < work.filters; ++filter) {
            multiply_some<Sum, 1>(work, filter, position, sums);
        }
    }
}

NONZERO_VECTOR_CLONES void multiply_narrow(const BlockWork& work, std::int32_t* sums) {
    multiply_all(work, sums);
}
NONZERO_VECTOR_CLONES void multiply_wide(const BlockWork& work, double* sums) {
    multiply_all(work, sums);
}

NONZERO_VECTOR_CLONES std::uint64_t sum_where_non_zero(const std::int16_t* weights, const std::uint32_t* counts,
                                                       std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
        sum += weights[i] != 0 ? counts[i] : 0U;
    }
    return sum;
}

}  // namespace

void multiply_block(const BlockWork& work, std::int32_t* sums) {
    multiply_narrow(work, sums);
}
void multiply_block(const BlockWork& work, double* sums) {
    multiply_wide(work, sums);
}

std::uint64_t useful_products(const std::int16_t* weights, const std::vector<std::uint32_t>& non_zeros,
                              std::size_t first_row, std::size_t rows) {
    return sum_where_non_zero(weights, non_zeros.data() + first_row, rows);
}

}  // namespace nonzero::dense
