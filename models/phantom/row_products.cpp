#include "models/phantom/row_products.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nonzero::phantom {

void add_row_pairs_plain(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions,
                         std::int32_t* sums) {
    for (const RowPair& pair : pairs) {
        const std::int32_t first = pair.weights[0];
        const std::int32_t second = pair.weights[1];
        const std::int16_t* const line = rows + 2 * positions * pair.pair;
        for (std::size_t n = 0; n < positions; ++n) {
            sums[n] += first * line[2 * n] + second * line[2 * n + 1];
        }
    }
}

#if defined(__x86_64__)

namespace {

// Eight sums to a register, all of a block in registers while the rows pass.
template <std::size_t Registers>
[[gnu::target("avx2")]] void add_block(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions,
                                       std::int32_t* sums) {
    __m256i held[Registers];
    for (std::size_t n = 0; n < Registers; ++n) {
        held[n] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + 8 * n));
    }
    for (const RowPair& pair : pairs) {
        std::int32_t weights = 0;
        std::memcpy(&weights, pair.weights.data(), sizeof weights);
        const __m256i both = _mm256_set1_epi32(weights);
        const std::int16_t* const line = rows + 2 * positions * pair.pair;
        for (std::size_t n = 0; n < Registers; ++n) {
            const __m256i values = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(line + 16 * n));
            held[n] = _mm256_add_epi32(held[n], _mm256_madd_epi16(values, both));
        }
    }
    for (std::size_t n = 0; n < Registers; ++n) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + 8 * n), held[n]);
    }
}

}  // namespace

void add_row_pairs(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions,
                   std::int32_t* sums) {
    static const bool vectors = __builtin_cpu_supports("avx2") != 0;
    if (!vectors) {
        add_row_pairs_plain(pairs, rows, positions, sums);
        return;
    }
    static constexpr std::array kOfBlocks{add_block<1>, add_block<2>, add_block<3>, add_block<4>,
                                          add_block<5>, add_block<6>, add_block<7>, add_block<8>};
    for (std::size_t first = 0; first < positions; first += kOfBlocks.size() * kRowBlock) {
        const std::size_t blocks = std::min(kOfBlocks.size(), (positions - first) / kRowBlock);
        kOfBlocks.at(blocks - 1)(pairs, rows + 2 * first, positions, sums + first);
    }
}

#else

void add_row_pairs(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions,
                   std::int32_t* sums) {
    add_row_pairs_plain(pairs, rows, positions, sums);
}

#endif

}  // namespace nonzero::phantom
