#pragma once
// Operands of the PEs in compressed sparse columns: a column of weights is what all filters of a PE have at a channel
// and a tap, a column of activations a row of the input (phantom_facts.md 4.2, 9.6 rule 2). Plain C++.

#include <cstdint>
#include <span>
#include <vector>

#include "models/eyeriss_v2/pass_plan.h"
#include "models/masked/filters.h"

namespace nonzero::eyeriss_v2 {

// The non-zeros of each column, and the place of each in it. Values are none of a counted layer.
struct CompressedColumns {
    std::vector<std::uint32_t> pointers = {0};  // columns + 1
    std::vector<std::uint32_t> rows;
    std::vector<std::int16_t> values;

    std::size_t columns() const { return pointers.size() - 1; }
    std::size_t non_zeros(std::size_t column) const { return pointers[column + 1] - pointers[column]; }
};

// On the wires an entry has a count of zeros in front of it, a column an address.
inline constexpr std::uint64_t kCountBits = 4;
inline constexpr std::uint64_t kInputAddressBits = 4;
inline constexpr std::uint64_t kWeightAddressBits = 7;

// All rows of the input, channel by channel.
struct InputRows {
    InputRows() = default;
    InputRows(const LayerPlan& plan, const masked::MaskedTensor& input);

    CompressedColumns columns;             // C x H
    std::vector<std::uint32_t> under_tap;  // C x H x KW: non-zeros that meet the tap at some output column

    std::uint64_t wire_bits(std::size_t row, int operand_bits) const {
        return kInputAddressBits + columns.non_zeros(row) * (std::uint64_t(operand_bits) + kCountBits);
    }
};

// Weights of a PE: columns channel by channel and tap by tap, in which rows are filters of its share.
CompressedColumns weight_columns(const LayerPlan& plan, const masked::Filters& filters, const PeShare& share);
std::uint64_t wire_bits(const CompressedColumns& weights, int operand_bits);

}  // namespace nonzero::eyeriss_v2
