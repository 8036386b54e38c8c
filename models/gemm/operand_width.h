#pragma once
// How wide operands are: what a machine of that width can hold, and what bounds the sums of their products.

#include <cstdint>
#include <span>

namespace nonzero::gemm {

// Bits of the narrowest two's complement number that holds every operand; 1 for none but zeros. A magnitude is at most
// 2^(bits - 1).
int operand_width(std::span<const std::int16_t> operands);

// Whether sums of that many products of such operands stay inside a signed 32-bit number.
constexpr bool sums_fit_32_bits(int bits_a, int bits_b, std::uint64_t products) {
    const int shift = bits_a - 1 + bits_b - 1;
    return shift < 31 && products < (std::uint64_t{1} << (31 - shift));
}

}  // namespace nonzero::gemm
