#include "models/demm/row_products.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::demm {

namespace {

// Sixteen columns at a time: one register of the widest machine, elsewhere the compiler takes several.
constexpr std::size_t kLanes = 16;
template <class Sum>
using Lanes [[gnu::vector_size(kLanes * sizeof(Sum))]] = Sum;

// `blocks` times sixteen columns of the sum of some slots.
template <class Sum, std::size_t Blocks>
[[gnu::always_inline]] inline void add_slots(const RowWork& work, std::size_t first, std::size_t slots,
                                             std::size_t column, Sum* to) {
    Lanes<Sum> sums[Blocks] = {};
    const auto ports = std::size_t(work.ports);
    for (std::size_t slot = first; slot < first + slots; ++slot) {
        for (std::size_t port = 0; port < ports; ++port) {
            const Sum value = work.values[slot * ports + port];
            if (value == 0) {
                break;  // padding ends a row
            }
            const std::int16_t* const operands = work.operands[port * work.port_stride + slot] + column;
            for (std::size_t block = 0; block < Blocks; ++block) {
                Lanes<std::int16_t> words;
                __builtin_memcpy(&words, operands + block * kLanes, sizeof words);
                sums[block] += value * __builtin_convertvector(words, Lanes<Sum>);
            }
        }
    }
    __builtin_memcpy(to + column, sums, sizeof sums);
}

template <class Sum>
[[gnu::always_inline]] inline void multiply_all(const RowWork& work, Sum* sums) {
    constexpr std::size_t kBlocks = 4;
    const std::size_t stride = sum_stride(work.columns);
    const auto k = std::size_t(work.k);
    std::size_t slot = 0;
    for (const std::uint16_t row_slots : work.row_slots) {
        for (std::size_t done = 0; done < row_slots; done += k) {
            const std::size_t slots = std::min(k, row_slots - done);
            std::size_t column = 0;
            for (; column + kBlocks * kLanes <= stride; column += kBlocks * kLanes) {
                add_slots<Sum, kBlocks>(work, slot, slots, column, sums);
            }
            for (; column < stride; column += kLanes) {
                add_slots<Sum, 1>(work, slot, slots, column, sums);
            }
            slot += slots;
            sums += stride;
        }
    }
}

NONZERO_VECTOR_CLONES void multiply_narrow(const RowWork& work, std::int32_t* sums) {
    multiply_all(work, sums);
}
NONZERO_VECTOR_CLONES void multiply_wide(const RowWork& work, double* sums) {
    multiply_all(work, sums);
}

}  // namespace

void multiply_rows(const RowWork& work, std::int32_t* sums) {
    multiply_narrow(work, sums);
}
void multiply_rows(const RowWork& work, double* sums) {
    multiply_wide(work, sums);
}

}  // namespace nonzero::demm
