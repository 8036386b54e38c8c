#include "models/systolic/packed_weights.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace nonzero::systolic {

namespace {

static_assert(std::endian::native == std::endian::little, "the format is written and read as the host holds it");

constexpr std::size_t kWord = sizeof(std::uint32_t);

std::size_t padded(std::size_t bytes) {
    return (bytes + kWord - 1) / kWord * kWord;
}

std::size_t map_bytes(std::size_t columns) {
    constexpr std::size_t kBits = 8;
    return padded((columns + kBits - 1) / kBits);
}

bool has_places(const ArrayGeometry& geometry) {
    return geometry.block > 1;
}

bool skips_columns(const ArrayGeometry& geometry) {
    return geometry.rule == PanelRule::shared_columns;
}

std::uint32_t largest_slots(const ArrayGeometry& geometry, std::size_t columns) {
    return blocks_of(geometry, static_cast<std::uint32_t>(columns)) * static_cast<std::uint32_t>(geometry.block);
}

template <class Item>
void append(std::vector<std::uint8_t>& bytes, std::span<const Item> items) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(items.data());
    bytes.insert(bytes.end(), first, first + items.size_bytes());
}

// Takes items from the front of bytes; false when there are not enough.
template <class Item>
bool take(std::span<const std::uint8_t>& bytes, std::size_t count, std::vector<Item>& items) {
    if (bytes.size() / sizeof(Item) < count) {
        return false;
    }
    items.resize(count);
    std::memcpy(items.data(), bytes.data(), count * sizeof(Item));
    bytes = bytes.subspan(count * sizeof(Item));
    return true;
}

WeightMatrix group_of(const LayerSize& size, std::span<const std::int16_t> matrix, std::size_t convolution_group) {
    const std::size_t elements = size.rows * size.columns;
    return {matrix.subspan(convolution_group * elements, elements), size.rows, size.columns};
}

// Calls visit(slot, column) for every stored weight of a row: non-zeros in their slots or, without metadata, all.
template <class Visit>
void for_each_slot(const ArrayGeometry& geometry, const Panel& panel, std::span<const std::int16_t> row, Visit visit) {
    if (skips_columns(geometry)) {
        for (std::size_t slot = 0; slot < panel.columns.size(); ++slot) {
            visit(slot, panel.columns[slot]);
        }
        return;
    }
    const auto block = static_cast<std::size_t>(geometry.block);
    const auto n = static_cast<std::size_t>(panel.n);
    if (block == 1) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            visit(column, column);
        }
        return;
    }
    std::size_t first = 0;
    for (std::size_t begin = 0; begin < row.size(); begin += block, first += n) {
        std::size_t slot = first;
        for (std::size_t column = begin; column < std::min(begin + block, row.size()); ++column) {
            if (row[column] != 0) {
                visit(slot++, column);
            }
        }
    }
}

// Panels, places of the rows and sizes out of the slots of the rows.
bool arrange(const ArrayGeometry& geometry, const LayerSize& size, std::optional<int> uniform_n,
             PackedWeights& weights) {
    const auto columns = static_cast<std::uint32_t>(size.columns);
    if (uniform_n) {
        const std::uint32_t slots = static_cast<std::uint32_t>(*uniform_n) * blocks_of(geometry, columns);
        if (std::ranges::any_of(weights.row_slots, [slots](std::uint32_t found) { return found != slots; })) {
            return false;
        }
    }
    std::size_t panels = 0;
    for (std::size_t convolution_group = 0; convolution_group < size.groups; ++convolution_group) {
        auto made = make_panels(
            geometry, std::span(weights.row_slots).subspan(convolution_group * size.rows, size.rows), columns);
        if (!made) {
            return false;
        }
        panels += made->size();
        weights.panels.push_back(std::move(*made));
    }
    weights.row_begin.assign(1, 0);
    for (const std::uint32_t slots : weights.row_slots) {
        weights.row_begin.push_back(weights.row_begin.back() + slots);
    }
    weights.bytes = weights.row_slots.size() * kWord +
                    padded(weights.row_begin.back() * (sizeof(std::int16_t) + (has_places(geometry) ? 1 : 0)));
    if (skips_columns(geometry)) {
        weights.bytes += panels * map_bytes(size.columns);
    }
    return true;
}

bool take_columns(std::span<const std::uint8_t>& bytes, std::size_t columns, Panel& panel) {
    std::vector<std::uint8_t> map;
    if (!take(bytes, map_bytes(columns), map)) {
        return false;
    }
    for (std::size_t bit = 0; bit < map.size() * 8; ++bit) {
        if ((map[bit / 8] >> bit % 8 & 1) != 0) {
            panel.columns.push_back(static_cast<std::uint32_t>(bit));
        }
    }
    return panel.columns.size() == panel.slots && panel.columns.back() < columns;
}

// Whether the entries of a row are non-zeros at ascending places of A with the missing ones behind them.
bool entries_are_sound(const ArrayGeometry& geometry, std::size_t columns, std::size_t n,
                       std::span<const std::int16_t> values, std::span<const std::uint8_t> places) {
    const auto block = static_cast<std::size_t>(geometry.block);
    for (std::size_t begin = 0, first = 0; first < values.size(); begin += block, first += n) {
        const std::size_t length = std::min(block, columns - begin);
        std::size_t next = 0;  // place at the earliest
        for (std::size_t entry = first; entry < first + n; ++entry) {
            if (values[entry] == 0) {
                next = length;
                if (places[entry] != 0) {
                    return false;
                }
            } else if (places[entry] < next || places[entry] >= length) {
                return false;
            } else {
                next = places[entry] + std::size_t{1};
            }
        }
    }
    return true;
}

}  // namespace

std::uint32_t pieces_of(const ArrayGeometry& geometry, std::uint32_t columns) {
    if (geometry.pass_slots == 0) {
        return 1;
    }
    const auto piece = static_cast<std::uint32_t>(geometry.pass_slots);
    return (largest_slots(geometry, columns) + piece - 1) / piece;
}

std::uint64_t counts_bytes(const ArrayGeometry& geometry, const LayerSize& size) {
    return std::uint64_t{size.groups} * size.rows *
           (1 + pieces_of(geometry, static_cast<std::uint32_t>(size.columns))) * kWord;
}

std::uint64_t largest_packed_bytes(const ArrayGeometry& geometry, const LayerSize& size) {
    const std::uint64_t rows = std::uint64_t{size.groups} * size.rows;
    const std::uint64_t slots = rows * largest_slots(geometry, size.columns);
    const std::uint64_t maps = skips_columns(geometry) ? rows * map_bytes(size.columns) : 0;
    return rows * kWord + maps + padded(slots * (sizeof(std::int16_t) + 1));
}

void append_counts(const ArrayGeometry& geometry, const LayerSize& size, std::span<const std::int16_t> matrix,
                   std::optional<int> uniform_n, std::vector<std::uint8_t>& bytes) {
    const auto columns = static_cast<std::uint32_t>(size.columns);
    const std::size_t pieces = pieces_of(geometry, columns);
    std::vector<std::uint32_t> counts(1 + pieces);
    for (std::size_t convolution_group = 0; convolution_group < size.groups; ++convolution_group) {
        const WeightMatrix part = group_of(size, matrix, convolution_group);
        const std::vector<std::uint32_t> slots = slots_of_rows(geometry, part, uniform_n);
        Panel panel;
        for (std::size_t row = 0; row < size.rows; ++row) {
            const auto weights = part.row(row);
            std::ranges::fill(counts, 0U);
            counts[0] = slots[row];
            if (pieces == 1) {
                counts[1] = static_cast<std::uint32_t>(weights.size()) -
                            static_cast<std::uint32_t>(std::ranges::count(weights, std::int16_t{0}));
            } else {
                const auto piece = static_cast<std::size_t>(geometry.pass_slots);
                panel.n = static_cast<int>(slots[row] / blocks_of(geometry, columns));
                for_each_slot(geometry, panel, weights, [&](std::size_t slot, std::size_t column) {
                    counts[1 + slot / piece] += weights[column] != 0 ? 1 : 0;
                });
            }
            append<std::uint32_t>(bytes, counts);
        }
    }
}

void append_packed(const ArrayGeometry& geometry, const LayerSize& size, std::span<const std::int16_t> matrix,
                   std::optional<int> uniform_n, std::vector<std::uint8_t>& bytes) {
    PackedWeights weights;
    for (std::size_t convolution_group = 0; convolution_group < size.groups; ++convolution_group) {
        const auto slots = slots_of_rows(geometry, group_of(size, matrix, convolution_group), uniform_n);
        weights.row_slots.insert(weights.row_slots.end(), slots.begin(), slots.end());
    }
    arrange(geometry, size, uniform_n, weights);
    weights.values.resize(weights.row_begin.back());
    weights.places.resize(has_places(geometry) ? weights.values.size() : 0);
    const std::size_t begin = bytes.size();
    append<std::uint32_t>(bytes, weights.row_slots);
    for (std::size_t convolution_group = 0; convolution_group < size.groups; ++convolution_group) {
        const WeightMatrix part = group_of(size, matrix, convolution_group);
        for (Panel& panel : weights.panels[convolution_group]) {
            if (skips_columns(geometry)) {
                panel.columns = used_columns(part, panel.rows);
                std::vector<std::uint8_t> map(map_bytes(size.columns), 0);
                for (const std::uint32_t column : panel.columns) {
                    map[column / 8] = static_cast<std::uint8_t>(map[column / 8] | 1U << column % 8);
                }
                append<std::uint8_t>(bytes, map);
            }
            for (const std::uint32_t row : panel.rows) {
                const std::size_t first = weights.row_begin[convolution_group * size.rows + row];
                const auto from = part.row(row);
                for_each_slot(geometry, panel, from, [&](std::size_t slot, std::size_t column) {
                    weights.values[first + slot] = from[column];
                    if (!weights.places.empty()) {
                        weights.places[first + slot] =
                            static_cast<std::uint8_t>(column % static_cast<std::size_t>(geometry.block));
                    }
                });
            }
        }
    }
    append<std::int16_t>(bytes, weights.values);
    append<std::uint8_t>(bytes, weights.places);
    bytes.resize(begin + weights.bytes, 0);
}

std::optional<PackedWeights> read_counts(const ArrayGeometry& geometry, const LayerSize& size,
                                         std::optional<int> uniform_n, std::span<const std::uint8_t> bytes) {
    const std::size_t pieces = pieces_of(geometry, static_cast<std::uint32_t>(size.columns));
    const std::size_t rows = size.groups * size.rows;
    std::vector<std::uint32_t> counts;
    if (bytes.size() != counts_bytes(geometry, size) || !take(bytes, rows * (1 + pieces), counts)) {
        return std::nullopt;
    }
    PackedWeights weights;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto of_row = std::span(counts).subspan(row * (1 + pieces), 1 + pieces);
        weights.row_slots.push_back(of_row[0]);
        const std::uint32_t whole = geometry.pass_slots == 0 ? of_row[0] : std::uint32_t(geometry.pass_slots);
        for (std::size_t piece = 0; piece < pieces; ++piece) {
            const std::uint64_t before = std::uint64_t{piece} * whole;
            const std::uint64_t slots = of_row[0] > before ? std::min<std::uint64_t>(whole, of_row[0] - before) : 0;
            if (of_row[1 + piece] > slots) {
                return std::nullopt;
            }
            weights.piece_weights.push_back(of_row[1 + piece]);
        }
    }
    return arrange(geometry, size, uniform_n, weights) ? std::optional(std::move(weights)) : std::nullopt;
}

std::optional<PackedWeights> read_packed(const ArrayGeometry& geometry, const LayerSize& size,
                                         std::optional<int> uniform_n, std::span<const std::uint8_t> bytes) {
    PackedWeights weights;
    const std::size_t length = bytes.size();
    if (!take(bytes, size.groups * size.rows, weights.row_slots) || !arrange(geometry, size, uniform_n, weights) ||
        length != weights.bytes) {
        return std::nullopt;
    }
    if (skips_columns(geometry)) {
        for (auto& panels : weights.panels) {
            for (Panel& panel : panels) {
                if (!take_columns(bytes, size.columns, panel)) {
                    return std::nullopt;
                }
            }
        }
    }
    const std::size_t slots = weights.row_begin.back();
    if (!take(bytes, slots, weights.values) || (has_places(geometry) && !take(bytes, slots, weights.places)) ||
        std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte != 0; })) {
        return std::nullopt;
    }
    for (std::size_t row = 0; has_places(geometry) && row < weights.row_slots.size(); ++row) {
        const std::size_t first = weights.row_begin[row];
        const std::size_t count = weights.row_slots[row];
        if (!entries_are_sound(
                geometry, size.columns, count / blocks_of(geometry, static_cast<std::uint32_t>(size.columns)),
                std::span(weights.values).subspan(first, count), std::span(weights.places).subspan(first, count))) {
            return std::nullopt;
        }
    }
    return weights;
}

}  // namespace nonzero::systolic
