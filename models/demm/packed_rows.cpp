#include "models/demm/packed_rows.h"

#include "models/memory/row_bursts.h"

namespace nonzero::demm {

namespace {

constexpr std::uint16_t kNoRead = RowReadBurst::kNoRead;

// Slots that a row of so many weights takes under the rule; 0 when they do not fit.
std::size_t slots_for(std::size_t weights, const RowRule& rule) {
    const std::size_t needed = nm_slots(weights, rule.ports);
    if (!rule.uniform) {
        return needed;
    }
    const auto uniform = std::size_t(*rule.uniform);
    return needed <= uniform ? uniform : 0;
}

// Weight w of a row goes through port w mod N.
void add_to_ports(std::size_t weights, const RowRule& rule, PackedRows& rows) {
    const auto ports = std::size_t(rule.ports);
    for (std::size_t port = 0; port < ports; ++port) {
        rows.port_weights[port] += weights / ports + (port < weights % ports ? 1 : 0);
    }
    rows.weights += weights;
}

}  // namespace

std::optional<PackedRows> arrange_rows(const NmPackedTile& tile, const RowRule& rule) {
    const auto ports = std::size_t(rule.ports);
    const std::size_t slots = tile.values.size() / ports;
    const int limit = 1 << (rule.operand_bits - 1);
    PackedRows rows;
    rows.row_slots = tile.row_slots;
    rows.port_weights.resize(ports);
    rows.values = tile.values;
    rows.memory_rows.assign(tile.values.size(), kNoRead);
    std::size_t entry = 0;
    for (const std::uint16_t row_slots : tile.row_slots) {
        const std::size_t begin = entry;
        const std::size_t end = begin + row_slots * ports;
        int column = -1;
        for (; entry < end && tile.values[entry] != 0; ++entry) {
            const int value = tile.values[entry];
            if (tile.columns[entry] <= column || tile.columns[entry] >= rule.columns || value < -limit ||
                value >= limit) {
                return std::nullopt;
            }
            column = tile.columns[entry];
            rows.memory_rows[entry % ports * slots + entry / ports] = tile.columns[entry];
        }
        const std::size_t weights = entry - begin;
        if (slots_for(weights, rule) != row_slots) {
            return std::nullopt;
        }
        for (; entry < end; ++entry) {
            if (tile.values[entry] != 0 || tile.columns[entry] != 0) {
                return std::nullopt;
            }
        }
        add_to_ports(weights, rule, rows);
    }
    rows.slots = slots;
    return rows;
}

std::optional<PackedRows> count_rows(std::span<const std::uint16_t> weights, const RowRule& rule) {
    PackedRows rows;
    rows.port_weights.resize(std::size_t(rule.ports));
    for (const std::uint16_t row : weights) {
        const std::size_t slots = slots_for(row, rule);
        if (row > rule.columns || slots == 0) {
            return std::nullopt;
        }
        rows.row_slots.push_back(std::uint16_t(slots));
        rows.slots += slots;
        add_to_ports(row, rule, rows);
    }
    return rows;
}

}  // namespace nonzero::demm
