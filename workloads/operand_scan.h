#pragma once
// What one look at all operands tells, at the speed of the memory.

#include <algorithm>
#include <cstdint>
#include <span>

namespace nonzero {

// The lowest and the highest of some operands and 0.
struct OperandBounds {
    std::int16_t low = 0;
    std::int16_t high = 0;

    std::int64_t magnitude() const { return std::max(-std::int64_t{low}, std::int64_t{high}); }
    // In two's complement.
    bool fit(int bits) const { return low >= -(1 << (bits - 1)) && high < 1 << (bits - 1); }
};
OperandBounds bounds_of(std::span<const std::int16_t> operands);

std::uint64_t count_non_zeros(std::span<const std::int16_t> operands);

}  // namespace nonzero
