#include "workloads/operand_scan.h"

#include <cstddef>

#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

NONZERO_VECTOR_CLONES OperandBounds find_bounds(const std::int16_t* operands, std::size_t count) {
    std::int16_t low = 0;
    std::int16_t high = 0;
    for (std::size_t n = 0; n < count; ++n) {
        low = std::min(low, operands[n]);
        high = std::max(high, operands[n]);
    }
    return {low, high};
}

// Counted in numbers as wide as the operands, of which a register holds the most.
NONZERO_VECTOR_CLONES std::uint16_t count_few(const std::int16_t* operands, std::size_t count) {
    std::uint16_t non_zeros = 0;
    for (std::size_t n = 0; n < count; ++n) {
        non_zeros = static_cast<std::uint16_t>(non_zeros + (operands[n] != 0 ? 1 : 0));
    }
    return non_zeros;
}

}  // namespace

OperandBounds bounds_of(std::span<const std::int16_t> operands) {
    return find_bounds(operands.data(), operands.size());
}

std::uint64_t count_non_zeros(std::span<const std::int16_t> operands) {
    std::uint64_t non_zeros = 0;
    while (!operands.empty()) {
        const std::size_t few = std::min<std::size_t>(operands.size(), UINT16_MAX);
        non_zeros += count_few(operands.data(), few);
        operands = operands.subspan(few);
    }
    return non_zeros;
}

}  // namespace nonzero
