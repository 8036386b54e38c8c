#include "workloads/block_products.h"

#include <array>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nonzero {

namespace {

void multiply_plain(const std::int16_t* const* weights, const std::int16_t* panel, std::size_t pairs,
                    std::size_t positions, std::int32_t* sums) {
    for (std::size_t row = 0; row < kBlockRows; ++row, sums += positions) {
        std::memset(sums, 0, positions * sizeof *sums);
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            const std::int32_t first = weights[row][2 * pair];
            const std::int32_t second = weights[row][2 * pair + 1];
            const std::int16_t* const line = panel + 2 * pair * positions;
            for (std::size_t n = 0; n < positions; ++n) {
                sums[n] += first * line[2 * n] + second * line[2 * n + 1];
            }
        }
    }
}

#if defined(__x86_64__)

// Two neighbouring weights in one number.
std::int32_t weight_pair(const std::int16_t* weights) {
    std::int32_t pair = 0;
    std::memcpy(&pair, weights, sizeof pair);
    return pair;
}

// Sixteen positions to a register, all sums of the block in registers.
template <std::size_t Registers>
[[gnu::target("avx512f,avx512vnni")]] void multiply_registers_avx512(const std::int16_t* const* weights,
                                                                     const std::int16_t* panel, std::size_t pairs,
                                                                     std::int32_t* sums) {
    __m512i held[kBlockRows][Registers];
    for (auto& row : held) {
        for (__m512i& sum : row) {
            sum = _mm512_setzero_si512();
        }
    }
    for (std::size_t pair = 0; pair < pairs; ++pair, panel += 2 * kBlockLanes * Registers) {
        __m512i inputs[Registers];
        for (std::size_t n = 0; n < Registers; ++n) {
            inputs[n] = _mm512_loadu_si512(panel + 2 * kBlockLanes * n);
        }
        for (std::size_t row = 0; row < kBlockRows; ++row) {
            const __m512i both = _mm512_set1_epi32(weight_pair(weights[row] + 2 * pair));
            for (std::size_t n = 0; n < Registers; ++n) {
                held[row][n] = _mm512_dpwssd_epi32(held[row][n], inputs[n], both);
            }
        }
    }
    for (const auto& row : held) {
        for (const __m512i& sum : row) {
            _mm512_storeu_si512(sums, sum);
            sums += kBlockLanes;
        }
    }
}

void multiply_avx512(const std::int16_t* const* weights, const std::int16_t* panel, std::size_t pairs,
                     std::size_t positions, std::int32_t* sums) {
    static constexpr std::array kOfRegisters{multiply_registers_avx512<1>, multiply_registers_avx512<2>,
                                             multiply_registers_avx512<3>, multiply_registers_avx512<4>};
    kOfRegisters.at(positions / kBlockLanes - 1)(weights, panel, pairs, sums);
}

// Half as many registers of half the width: sixteen positions after the other.
[[gnu::target("avx2")]] void multiply_avx2(const std::int16_t* const* weights, const std::int16_t* panel,
                                           std::size_t pairs, std::size_t positions, std::int32_t* sums) {
    constexpr std::size_t kLanes = 8;
    constexpr std::size_t kRegisters = kBlockLanes / kLanes;
    for (std::size_t first = 0; first < positions; first += kBlockLanes) {
        __m256i held[kBlockRows][kRegisters];
        for (auto& row : held) {
            for (__m256i& sum : row) {
                sum = _mm256_setzero_si256();
            }
        }
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            const std::int16_t* const line = panel + 2 * (pair * positions + first);
            __m256i inputs[kRegisters];
            for (std::size_t n = 0; n < kRegisters; ++n) {
                inputs[n] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(line + 2 * kLanes * n));
            }
            for (std::size_t row = 0; row < kBlockRows; ++row) {
                const __m256i both = _mm256_set1_epi32(weight_pair(weights[row] + 2 * pair));
                for (std::size_t n = 0; n < kRegisters; ++n) {
                    held[row][n] = _mm256_add_epi32(held[row][n], _mm256_madd_epi16(inputs[n], both));
                }
            }
        }
        for (std::size_t row = 0; row < kBlockRows; ++row) {
            for (std::size_t n = 0; n < kRegisters; ++n) {
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + row * positions + first + kLanes * n),
                                    held[row][n]);
            }
        }
    }
}

#endif

std::vector<BlockKernel> kernels_of_this_machine() {
    std::vector<BlockKernel> kernels;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni")) {
        kernels.push_back({"avx512vnni", multiply_avx512});
    }
    if (__builtin_cpu_supports("avx2")) {
        kernels.push_back({"avx2", multiply_avx2});
    }
#endif
    kernels.push_back({"plain", multiply_plain});
    return kernels;
}

}  // namespace

std::span<const BlockKernel> block_kernels() {
    static const std::vector<BlockKernel> kernels = kernels_of_this_machine();
    return kernels;
}

}  // namespace nonzero
