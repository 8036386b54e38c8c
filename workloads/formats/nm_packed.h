#pragma once
// Packed {value, column} format of sparse rows for a machine with N read ports (demm_facts.md P4, D5). The
// rows of A are cut into tiles of at most `depth` columns, the rows of its memory. In each tile a row takes one or more
// slots of N entries; an entry is a weight and its column inside the tile. The weights of a row come first, their
// columns ascending; what is left of its slots is padding {0, 0}. No stored weight is 0, so padding shows by its value.
//
// Bytes of a tile, little endian: u32 rows | u32 slots of all rows | u16 slots of each row | int16 value of each entry
// | column of each entry (u8 where depth is at most 256, else u16) | zero padding to a multiple of 4.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nonzero {

struct NmTileFormat {
    int ports = 8;    // N, entries of a slot
    int depth = 128;  // M, columns of a whole tile: 1 .. 32768
};

// Some columns of all rows of a row-major matrix.
struct MatrixTile {
    const std::int16_t* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t row_stride = 0;  // elements from one row to the next
};

struct NmPackedTile {
    std::vector<std::uint16_t> row_slots;  // at least 1 each
    std::vector<std::int16_t> values;      // N for each slot, row after row
    std::vector<std::uint16_t> columns;    // one for each value
    friend bool operator==(const NmPackedTile&, const NmPackedTile&) = default;
};

// Slots that a row of this many weights takes: one at least.
constexpr std::size_t nm_slots(std::size_t weights, int ports) {
    const auto entries = static_cast<std::size_t>(ports);
    return weights == 0 ? 1 : (weights + entries - 1) / entries;
}

// Every row in `slots` slots, or with 0 each in as many as it needs. nullopt when a row needs more than `slots`.
// std::invalid_argument for a tile wider than the depth, or a format that cannot be.
std::optional<NmPackedTile> encode_nm_tile(const MatrixTile& dense, const NmTileFormat& format, std::size_t slots = 0);

// dense: rows x columns, row-major. False, and dense all zero, when the tile is malformed: another number of rows, a
// row without slots, not N entries for each slot, a column outside of the tile or not ascending, or padding that is not
// {0, 0} or has a weight after it.
bool decode_nm_tile(const NmPackedTile& tile, const NmTileFormat& format, std::size_t columns,
                    std::span<std::int16_t> dense);

std::size_t nm_tile_bytes(std::size_t rows, std::size_t slots_of_all_rows, const NmTileFormat& format);
// The tile has to have been encoded with the same format (std::invalid_argument otherwise).
void append_nm_tile(const NmPackedTile& tile, const NmTileFormat& format, std::vector<std::uint8_t>& bytes);

// Reads one tile from the front of bytes and advances it; nullopt, and bytes as before, when it is truncated, its slots
// do not add up or its padding is not zero. Whether the entries fit the tile shows in decode_nm_tile.
std::optional<NmPackedTile> take_nm_tile(std::span<const std::uint8_t>& bytes, const NmTileFormat& format);

}  // namespace nonzero
