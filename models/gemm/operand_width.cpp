#include "models/gemm/operand_width.h"

#include <bit>
#include <cstddef>

#include "workloads/vector_clones.h"

namespace nonzero::gemm {

namespace {

// The bits in which any operand differs from its sign.
NONZERO_VECTOR_CLONES unsigned bits_beside_sign(const std::int16_t* operands, std::size_t count) {
    std::uint16_t bits = 0;
    for (std::size_t n = 0; n < count; ++n) {
        bits = std::uint16_t(bits | (operands[n] ^ (operands[n] >> 15)));
    }
    return bits;
}

}  // namespace

int operand_width(std::span<const std::int16_t> operands) {
    return 1 + int(std::bit_width(bits_beside_sign(operands.data(), operands.size())));
}

}  // namespace nonzero::gemm
