#pragma once
// The weights of a layer as an array of the systolic family stores them. A row of n:block weights has n slots for each
// block of columns; slot q holds entry q mod n of block q div n and, as metadata, the entry's place in its block; a
// missing entry is {0, 0} (demm_facts.md 10.3). Dense rows have a slot for each column, rows of a column-skipping array
// one for each kept column, both without metadata. Plain C++.
//
// Counts, all that a counted layer needs: for each row of A: u32 slots | u32 weights in each piece of slots that a pass
// takes (pieces_of(), unused ones 0).
// Packed: u32 slots of each row | of column-skipping arrays for each panel a map of the kept columns, one bit each, the
// first in bit 0, padded to a multiple of 4 bytes | int16 value of each slot, row after row | of arrays with metadata
// u8 place of each slot | zero padding to a multiple of 4. All little endian.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/systolic/geometry.h"
#include "models/systolic/panel.h"

namespace nonzero::systolic {

// Of all convolution groups of a layer.
struct PackedWeights {
    std::vector<std::uint32_t> row_slots;
    std::vector<std::vector<Panel>> panels;  // by convolution group
    std::vector<std::size_t> row_begin;      // of values; one more than rows
    std::vector<std::int16_t> values;        // empty in a counted layer
    std::vector<std::uint8_t> places;        // as many; empty without metadata
    // Of a counted layer: weights in each piece of a row, rows x pieces.
    std::vector<std::uint32_t> piece_weights;
    std::uint64_t bytes = 0;  // that the packed weights take
};

struct LayerSize {
    std::size_t groups = 1;
    std::size_t rows = 1;     // of a convolution group
    std::size_t columns = 1;  // of A
};

// Pieces of slots that a row of the densest kind has.
std::uint32_t pieces_of(const ArrayGeometry& geometry, std::uint32_t columns);

std::uint64_t counts_bytes(const ArrayGeometry& geometry, const LayerSize& size);
std::uint64_t largest_packed_bytes(const ArrayGeometry& geometry, const LayerSize& size);

// matrix: A of all convolution groups one below the other, row-major. Errors of slots_of_rows().
void append_counts(const ArrayGeometry& geometry, const LayerSize& size, std::span<const std::int16_t> matrix,
                   std::optional<int> uniform_n, std::vector<std::uint8_t>& bytes);
void append_packed(const ArrayGeometry& geometry, const LayerSize& size, std::span<const std::int16_t> matrix,
                   std::optional<int> uniform_n, std::vector<std::uint8_t>& bytes);

// nullopt for bytes that are not of this format: slots that the array cannot have, another length, weights behind
// missing entries, places that do not ascend or lie outside of A. uniform_n: every row has to have it.
std::optional<PackedWeights> read_counts(const ArrayGeometry& geometry, const LayerSize& size,
                                         std::optional<int> uniform_n, std::span<const std::uint8_t> bytes);
std::optional<PackedWeights> read_packed(const ArrayGeometry& geometry, const LayerSize& size,
                                         std::optional<int> uniform_n, std::span<const std::uint8_t> bytes);

}  // namespace nonzero::systolic
