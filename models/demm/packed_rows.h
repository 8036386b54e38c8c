#pragma once
// The rows of A in one tile of columns, as the machine issues them: in each slot up to N weights, port n with the one
// that it multiplies and the row of the memory that it reads for it (demm_facts.md P4). Plain C++.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/base/cycles.h"
#include "workloads/formats/nm_packed.h"

namespace nonzero::demm {

struct PackedRows {
    std::vector<std::uint16_t> row_slots;  // of each row, at least 1
    Cycles slots = 0;                      // of all rows
    std::uint64_t weights = 0;
    std::vector<std::uint64_t> port_weights;  // by port
    // Empty where rows are only counted.
    std::vector<std::int16_t> values;        // [slot][port], 0 = padding
    std::vector<std::uint16_t> memory_rows;  // [port][slot], RowReadBurst::kNoRead = padding
};

// What limits the rows of a tile.
struct RowRule {
    int ports = 8;
    int columns = 128;  // of the tile
    int operand_bits = 16;
    std::optional<int> uniform;  // slots of every row; else as many as its weights need
};

// nullopt when the tile breaks the rule: an entry outside of it, columns that do not ascend, padding that is not at a
// row's end, another number of slots than the rule's, a weight that is too wide.
std::optional<PackedRows> arrange_rows(const NmPackedTile& tile, const RowRule& rule);

// The same from the weights of each row alone.
std::optional<PackedRows> count_rows(std::span<const std::uint16_t> weights, const RowRule& rule);

}  // namespace nonzero::demm
