#include "workloads/formats/nm_packed.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace nonzero {

namespace {

constexpr std::size_t header_bytes = 8;
constexpr int largest_depth = 32768;  // so that the slots of a row fit 16 bits

void check_format(const NmTileFormat& format) {
    if (format.ports < 1 || format.depth < 1 || format.depth > largest_depth) {
        throw std::invalid_argument("packed N:M tile: impossible number of ports or depth");
    }
}

std::uint64_t column_bytes(const NmTileFormat& format) {
    return format.depth <= 256 ? 1 : 2;
}

// In 64 bits without overflow for any two 32-bit counts.
std::uint64_t content_bytes(std::uint64_t rows, std::uint64_t slots, const NmTileFormat& format) {
    const std::uint64_t entries = slots * static_cast<std::uint64_t>(format.ports);
    return header_bytes + 2 * rows + (2 + column_bytes(format)) * entries;
}

constexpr std::uint64_t round_up_to_4(std::uint64_t bytes) {
    return (bytes + 3) & ~std::uint64_t{3};
}

std::uint16_t read_u16(const std::uint8_t* bytes) {
    return static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
}
std::uint32_t read_u32(const std::uint8_t* bytes) {
    return std::uint32_t{read_u16(bytes)} | std::uint32_t{read_u16(bytes + 2)} << 16;
}

class Writer {
  public:
    explicit Writer(std::uint8_t* to) : to_(to) {}
    void u8(std::size_t value) { *to_++ = static_cast<std::uint8_t>(value); }
    void u16(std::size_t value) {
        u8(value);
        u8(value >> 8);
    }
    void u32(std::size_t value) {
        u16(value);
        u16(value >> 16);
    }

  private:
    std::uint8_t* to_;
};

std::size_t slots_of_all_rows(const NmPackedTile& tile) {
    return std::accumulate(tile.row_slots.begin(), tile.row_slots.end(), std::size_t{0});
}

bool counts_agree(const NmPackedTile& tile, const NmTileFormat& format) {
    const std::size_t entries = slots_of_all_rows(tile) * static_cast<std::size_t>(format.ports);
    return tile.values.size() == entries && tile.columns.size() == entries &&
           std::ranges::none_of(tile.row_slots, [](std::uint16_t slots) { return slots == 0; });
}

// One row from its entries; false when they are not weights with ascending columns and then padding.
bool decode_row(std::span<const std::int16_t> values, std::span<const std::uint16_t> columns,
                std::span<std::int16_t> row) {
    const std::size_t weights = static_cast<std::size_t>(std::ranges::find(values, std::int16_t{0}) - values.begin());
    for (std::size_t entry = 0; entry < weights; ++entry) {
        if (columns[entry] >= row.size() || (entry > 0 && columns[entry] <= columns[entry - 1])) {
            return false;
        }
        row[columns[entry]] = values[entry];
    }
    const auto zero = [](auto number) { return number == 0; };
    return std::ranges::all_of(values.subspan(weights), zero) && std::ranges::all_of(columns.subspan(weights), zero);
}

}  // namespace

std::optional<NmPackedTile> encode_nm_tile(const MatrixTile& dense, const NmTileFormat& format, std::size_t slots) {
    check_format(format);
    if (dense.columns > static_cast<std::size_t>(format.depth) || slots > UINT16_MAX) {
        throw std::invalid_argument("packed N:M tile: more columns than its depth, or more than 65535 slots of a row");
    }
    const auto ports = static_cast<std::size_t>(format.ports);
    NmPackedTile tile;
    for (std::size_t row = 0; row < dense.rows; ++row) {
        const std::int16_t* values = dense.data + row * dense.row_stride;
        const std::size_t start = tile.values.size();
        // Written in any case and counted when it is a weight: where the weights are is not predictable.
        std::size_t weights = 0;
        tile.values.resize(start + dense.columns);
        tile.columns.resize(start + dense.columns);
        for (std::size_t column = 0; column < dense.columns; ++column) {
            tile.values[start + weights] = values[column];
            tile.columns[start + weights] = static_cast<std::uint16_t>(column);
            weights += values[column] != 0 ? 1 : 0;
        }
        tile.values.resize(start + weights);
        tile.columns.resize(start + weights);
        const std::size_t needed = nm_slots(weights, format.ports);
        if (slots != 0 && needed > slots) {
            return std::nullopt;
        }
        const std::size_t taken = slots == 0 ? needed : slots;
        tile.row_slots.push_back(static_cast<std::uint16_t>(taken));
        tile.values.resize(start + taken * ports, 0);
        tile.columns.resize(start + taken * ports, 0);
    }
    return tile;
}

bool decode_nm_tile(const NmPackedTile& tile, const NmTileFormat& format, std::size_t columns,
                    std::span<std::int16_t> dense) {
    check_format(format);
    std::ranges::fill(dense, std::int16_t{0});
    const std::size_t rows = tile.row_slots.size();
    const bool fits = columns == 0 ? dense.empty() : dense.size() % columns == 0 && dense.size() / columns == rows;
    if (!fits || columns > static_cast<std::size_t>(format.depth) || !counts_agree(tile, format)) {
        return false;
    }
    std::size_t start = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t entries = tile.row_slots[row] * static_cast<std::size_t>(format.ports);
        if (!decode_row(std::span(tile.values).subspan(start, entries), std::span(tile.columns).subspan(start, entries),
                        dense.subspan(row * columns, columns))) {
            std::ranges::fill(dense, std::int16_t{0});
            return false;
        }
        start += entries;
    }
    return true;
}

std::size_t nm_tile_bytes(std::size_t rows, std::size_t slots, const NmTileFormat& format) {
    return round_up_to_4(content_bytes(rows, slots, format));
}

void append_nm_tile(const NmPackedTile& tile, const NmTileFormat& format, std::vector<std::uint8_t>& bytes) {
    check_format(format);
    const auto outside = [&](std::uint16_t column) { return column >= format.depth; };
    if (!counts_agree(tile, format) || std::ranges::any_of(tile.columns, outside)) {
        throw std::invalid_argument("packed N:M tile does not have its format");
    }
    const std::size_t slots = slots_of_all_rows(tile);
    const std::size_t start = bytes.size();
    bytes.resize(start + nm_tile_bytes(tile.row_slots.size(), slots, format), 0);
    Writer out(bytes.data() + start);
    out.u32(tile.row_slots.size());
    out.u32(slots);
    for (const std::uint16_t row : tile.row_slots) {
        out.u16(row);
    }
    for (const std::int16_t value : tile.values) {
        out.u16(static_cast<std::uint16_t>(value));
    }
    for (const std::uint16_t column : tile.columns) {
        if (column_bytes(format) == 1) {
            out.u8(column);
        } else {
            out.u16(column);
        }
    }
}

std::optional<NmPackedTile> take_nm_tile(std::span<const std::uint8_t>& bytes, const NmTileFormat& format) {
    check_format(format);
    if (bytes.size() < header_bytes) {
        return std::nullopt;
    }
    const std::size_t rows = read_u32(bytes.data());
    const std::size_t slots = read_u32(bytes.data() + 4);
    const std::uint64_t content = content_bytes(rows, slots, format);
    const std::uint64_t size = round_up_to_4(content);
    const auto padding = [&] { return bytes.subspan(content, size - content); };
    if (size > bytes.size() || std::ranges::any_of(padding(), [](std::uint8_t byte) { return byte != 0; })) {
        return std::nullopt;
    }
    NmPackedTile tile;
    const std::uint8_t* in = bytes.data() + header_bytes;
    tile.row_slots.resize(rows);
    for (std::uint16_t& row : tile.row_slots) {
        row = read_u16(in);
        in += 2;
    }
    if (slots_of_all_rows(tile) != slots) {
        return std::nullopt;
    }
    tile.values.resize(slots * static_cast<std::size_t>(format.ports));
    tile.columns.resize(tile.values.size());
    for (std::int16_t& value : tile.values) {
        value = static_cast<std::int16_t>(read_u16(in));
        in += 2;
    }
    for (std::uint16_t& column : tile.columns) {
        column = column_bytes(format) == 1 ? *in : read_u16(in);
        in += column_bytes(format);
    }
    bytes = bytes.subspan(size);
    return tile;
}

}  // namespace nonzero
