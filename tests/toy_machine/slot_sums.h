#pragma once
// A row of N multipliers under a tree of adders: a slot multiplies up to N weights of a row of A with the words of a
// column of B at the same places, and adds the products up. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>

namespace nonzero::toy {

// Slots of a row of so many weights.
constexpr std::size_t slots_of(std::size_t weights, int lanes) {
    return (weights - 1) / std::size_t(lanes) + 1;
}

// The sum of every slot; exact, as no more than 1024 products of 16-bit operands meet in one. Returns how many products
// are of two non-zeros. row and column: the same length; sums: slots_of() of it.
std::uint64_t sum_slots(std::span<const std::int16_t> row, std::span<const std::int16_t> column, int lanes,
                        std::span<double> sums);

}  // namespace nonzero::toy
