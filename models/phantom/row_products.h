#pragma once
// Sums of rows of 16-bit values, each times a weight, two rows at a time: values of two neighbouring rows alternate, so
// that one instruction of a vector unit multiplies and adds both. Plain C++.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nonzero::phantom {

// Rows 2 * pair and 2 * pair + 1.
struct RowPair {
    std::uint32_t pair = 0;
    std::array<std::int16_t, 2> weights{};
};

inline constexpr std::size_t kRowBlock = 8;  // rows are multiples of so many positions

// Adds to the sums of `positions` positions. rows: position n of a row pair at 2 * n and 2 * n + 1. No partial sum
// needs more than 32 bits.
void add_row_pairs(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions, std::int32_t* sums);
// The same without instructions of their own.
void add_row_pairs_plain(std::span<const RowPair> pairs, const std::int16_t* rows, std::size_t positions,
                         std::int32_t* sums);

}  // namespace nonzero::phantom
