#include "models/systolic/panel.h"

#include <algorithm>
#include <numeric>

#include "workloads/nm.h"

namespace nonzero::systolic {

namespace {

std::size_t rows_at_once(const ArrayGeometry& geometry, std::size_t rows) {
    return geometry.panel_rows == 0 ? rows : static_cast<std::size_t>(geometry.panel_rows);
}

// Calls visit(begin, end) for the neighbouring rows that stand on the array together.
template <class Visit>
void for_each_stretch(const ArrayGeometry& geometry, std::size_t rows, Visit visit) {
    const std::size_t most = rows_at_once(geometry, rows);
    for (std::size_t begin = 0; begin < rows; begin += most) {
        visit(begin, std::min(rows, begin + most));
    }
}

bool is_allowed(const ArrayGeometry& geometry, std::uint32_t n) {
    return std::ranges::find(geometry.allowed, static_cast<int>(n)) != geometry.allowed.end();
}

std::vector<std::uint32_t> numbers(std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> list(end - begin);
    std::iota(list.begin(), list.end(), static_cast<std::uint32_t>(begin));
    return list;
}

// The smallest allowed n that is enough for each row.
std::vector<std::uint32_t> densities(const ArrayGeometry& geometry, const WeightMatrix& matrix,
                                     std::optional<int> uniform_n) {
    if (uniform_n && !is_allowed(geometry, static_cast<std::uint32_t>(*uniform_n))) {
        throw std::invalid_argument("the array has no such number of slots for a block");
    }
    std::vector<std::uint32_t> n_of_row(matrix.rows);
    for (std::size_t row = 0; row < matrix.rows; ++row) {
        const int fullest = fullest_window(matrix.row(row), geometry.block);
        if (uniform_n && fullest > *uniform_n) {
            throw std::invalid_argument("a block has more weights than slots");
        }
        const int enough = uniform_n ? *uniform_n : *std::ranges::lower_bound(geometry.allowed, fullest);
        n_of_row[row] = static_cast<std::uint32_t>(enough);
    }
    return n_of_row;
}

}  // namespace

std::uint32_t blocks_of(const ArrayGeometry& geometry, std::uint32_t columns) {
    const auto block = static_cast<std::uint32_t>(geometry.block);
    return (columns + block - 1) / block;
}

std::vector<std::uint32_t> used_columns(const WeightMatrix& matrix, std::span<const std::uint32_t> rows) {
    std::vector<std::uint8_t> used(matrix.columns, 0);
    for (const std::uint32_t row : rows) {
        const std::int16_t* const weights = matrix.row(row).data();
        for (std::size_t column = 0; column < used.size(); ++column) {
            used[column] = static_cast<std::uint8_t>(used[column] | (weights[column] != 0 ? 1 : 0));
        }
    }
    std::vector<std::uint32_t> columns;
    for (std::size_t column = 0; column < used.size(); ++column) {
        if (used[column] != 0) {
            columns.push_back(static_cast<std::uint32_t>(column));
        }
    }
    if (columns.empty()) {
        columns.push_back(0);  // a pass has at least one step
    }
    return columns;
}

std::vector<std::uint32_t> slots_of_rows(const ArrayGeometry& geometry, const WeightMatrix& matrix,
                                         std::optional<int> uniform_n) {
    const auto columns = static_cast<std::uint32_t>(matrix.columns);
    if (geometry.rule == PanelRule::natural) {
        return std::vector<std::uint32_t>(matrix.rows, columns);
    }
    std::vector<std::uint32_t> slots;
    if (geometry.rule == PanelRule::shared_columns) {
        for_each_stretch(geometry, matrix.rows, [&](std::size_t begin, std::size_t end) {
            slots.insert(slots.end(), end - begin,
                         static_cast<std::uint32_t>(used_columns(matrix, numbers(begin, end)).size()));
        });
        return slots;
    }
    slots = densities(geometry, matrix, uniform_n);
    if (geometry.rule == PanelRule::fullest_row) {
        for_each_stretch(geometry, matrix.rows, [&](std::size_t begin, std::size_t end) {
            const auto stretch = std::span(slots).subspan(begin, end - begin);
            std::ranges::fill(stretch, *std::ranges::max_element(stretch));
        });
    }
    for (std::uint32_t& row : slots) {
        row *= blocks_of(geometry, columns);
    }
    return slots;
}

std::optional<std::vector<Panel>> make_panels(const ArrayGeometry& geometry, std::span<const std::uint32_t> row_slots,
                                              std::uint32_t columns) {
    const std::uint32_t blocks = blocks_of(geometry, columns);
    for (const std::uint32_t slots : row_slots) {
        const bool possible = geometry.rule == PanelRule::shared_columns
                                  ? slots >= 1 && slots <= columns
                                  : slots % blocks == 0 && is_allowed(geometry, slots / blocks);
        if (!possible) {
            return std::nullopt;
        }
    }
    std::vector<Panel> panels;
    const auto add = [&](std::vector<std::uint32_t> rows, std::uint32_t slots) {
        const bool skips = geometry.rule == PanelRule::shared_columns;
        panels.push_back({std::move(rows), skips ? 1 : static_cast<int>(slots / blocks), slots, {}});
    };
    if (geometry.rule == PanelRule::equal_density) {
        for (const int n : geometry.allowed) {
            const std::uint32_t slots = static_cast<std::uint32_t>(n) * blocks;
            std::vector<std::uint32_t> rows;
            std::ranges::copy_if(numbers(0, row_slots.size()), std::back_inserter(rows),
                                 [&](std::uint32_t row) { return row_slots[row] == slots; });
            for_each_stretch(geometry, rows.size(), [&](std::size_t begin, std::size_t end) {
                add({rows.begin() + std::ptrdiff_t(begin), rows.begin() + std::ptrdiff_t(end)}, slots);
            });
        }
        return panels;
    }
    bool agree = true;
    for_each_stretch(geometry, row_slots.size(), [&](std::size_t begin, std::size_t end) {
        const auto stretch = row_slots.subspan(begin, end - begin);
        agree = agree && std::ranges::count(stretch, stretch.front()) == std::ptrdiff_t(stretch.size());
        add(numbers(begin, end), stretch.front());
    });
    return agree ? std::optional(std::move(panels)) : std::nullopt;
}

}  // namespace nonzero::systolic
