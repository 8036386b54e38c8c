#pragma once
// Filters of a convolution group against a tile of B, every product of them. Plain C++, the machine's inner loop.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero::dense {

// Elements from one row of a tile, or of its sums, to the next.
constexpr std::size_t tile_stride(std::size_t positions) {
    return (positions + 15) / 16 * 16;
}

struct BlockWork {
    const std::int16_t* weights = nullptr;  // filters, `weights_stride` from one to the next
    std::size_t weights_stride = 0;
    std::size_t filters = 0;
    std::size_t k = 0;                    // weights of a filter that meet this tile
    const std::int16_t* words = nullptr;  // k rows of `stride` words
    std::size_t stride = 0;               // tile_stride() of the positions
};

// sums: a row of `stride` for each filter. Exact where no sum leaves the type (of doubles: 53 bits).
void multiply_block(const BlockWork& work, std::int32_t* sums);
void multiply_block(const BlockWork& work, double* sums);

// Products of two non-zeros, of one filter with a tile whose rows have so many of them.
std::uint64_t useful_products(const std::int16_t* weights, const std::vector<std::uint32_t>& non_zeros,
                              std::size_t first_row, std::size_t rows);

}  // namespace nonzero::dense
