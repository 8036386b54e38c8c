#pragma once
// The inner loop of the reference convolution: a small block of a product of matrices of 16-bit numbers, exact in 32
// bits. Written once in plain C++ and once for each vector extension that multiplies and adds pairs of such numbers.

#include <cstddef>
#include <cstdint>
#include <span>

namespace nonzero {

inline constexpr std::size_t kBlockRows = 4;        // output channels
inline constexpr std::size_t kBlockPositions = 64;  // outputs of a channel
inline constexpr std::size_t kBlockLanes = 16;      // a block has a multiple of as many positions
inline constexpr std::size_t kBlockTerms = 256;     // products of a sum

// Whether any sum of kBlockTerms products fits 32 bits, from the largest magnitudes of their factors.
constexpr bool block_fits(std::int64_t largest_weight, std::int64_t largest_input) {
    return std::int64_t{kBlockTerms} * largest_weight * largest_input <= INT32_MAX;
}

struct BlockKernel {
    const char* name;
    // sums[row * positions + n] = sum over the terms t < 2 * pairs of weights[row][t] * panel[t / 2][n][t % 2]; the
    // panel has `positions` pairs in a line.
    void (*multiply)(const std::int16_t* const* weights, const std::int16_t* panel, std::size_t pairs,
                     std::size_t positions, std::int32_t* sums);
};

// Those that this machine has, the fastest first; the last is the plain one.
std::span<const BlockKernel> block_kernels();

}  // namespace nonzero
