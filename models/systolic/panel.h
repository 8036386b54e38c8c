#pragma once
// Panels: the rows of A that stand on an array together (demm_facts.md 10.2 - 10.5). What a panel costs depends on its
// slots, the places for weights that each of its rows has: as many as columns for a dense array, n for each block of
// columns of n:block weights, one for each column that a column-skipping array keeps. Plain C++.

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "models/systolic/geometry.h"

namespace nonzero::systolic {

// A of one convolution group, row-major.
struct WeightMatrix {
    std::span<const std::int16_t> data;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::span<const std::int16_t> row(std::size_t index) const { return data.subspan(index * columns, columns); }
};

// Slots that each row takes; rows of one panel agree. uniform_n: every row has that many slots for a block, as in a
// matrix that was pruned to that pattern; std::invalid_argument where the array has no such slots or a block more
// weights.
std::vector<std::uint32_t> slots_of_rows(const ArrayGeometry& geometry, const WeightMatrix& matrix,
                                         std::optional<int> uniform_n = std::nullopt);

struct Panel {
    std::vector<std::uint32_t> rows;     // of the convolution group, in the order in which they stand on the array
    int n = 1;                           // slots of a block
    std::uint32_t slots = 0;             // of each row
    std::vector<std::uint32_t> columns;  // of column-skipping arrays: the column of each slot, ascending; else empty
    friend bool operator==(const Panel&, const Panel&) = default;
};

// The panels of a convolution group with `columns` columns, in the order in which the array takes them; the columns of
// column-skipping panels are yet to be filled in. nullopt for slots that the array cannot have.
std::optional<std::vector<Panel>> make_panels(const ArrayGeometry& geometry, std::span<const std::uint32_t> row_slots,
                                              std::uint32_t columns);

// The columns in which any of these rows has a weight; column 0 where none has.
std::vector<std::uint32_t> used_columns(const WeightMatrix& matrix, std::span<const std::uint32_t> rows);

// Blocks of a row.
std::uint32_t blocks_of(const ArrayGeometry& geometry, std::uint32_t columns);

}  // namespace nonzero::systolic
