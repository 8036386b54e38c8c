#pragma once
// N x C multipliers, C trees of N inputs and C accumulators (demm_facts.md P3, P6): each slot of a row adds the
// products of up to N weights with as many rows of B; after at most k slots the accumulators hand their sum on. Plain
// C++, the machine's inner loop.

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/demm/packed_rows.h"

namespace nonzero::demm {

// Sums that the accumulators hand on for a row of so many slots.
constexpr std::size_t accumulations(std::size_t slots, int k) {
    return (slots + std::size_t(k) - 1) / std::size_t(k);
}

// Some rows of a tile, one after the other.
struct RowWork {
    std::span<const std::uint16_t> row_slots;
    const std::int16_t* values = nullptr;           // [slot][port] from the first of these rows' slots on
    const std::int16_t* const* operands = nullptr;  // [port][slot] likewise: where the rows of B lie
    std::size_t port_stride = 0;                    // from one port's first operand to the next one's
    int ports = 8;
    int k = 8;
    std::size_t columns = 0;  // of the sums; operands are readable up to the next multiple of 32
};

// Elements from one sum's row to the next.
constexpr std::size_t sum_stride(std::size_t columns) {
    return (columns + 15) / 16 * 16;
}

// sums: accumulations() rows for each row of the work. Exact where no sum leaves the type (of doubles: 53 bits).
void multiply_rows(const RowWork& work, std::int32_t* sums);
void multiply_rows(const RowWork& work, double* sums);

}  // namespace nonzero::demm
