#include "models/eyeriss_v2/compressed_columns.h"

#include <algorithm>
#include <bit>

#include "models/masked/non_zeros.h"

namespace nonzero::eyeriss_v2 {

InputRows::InputRows(const LayerPlan& plan, const masked::MaskedTensor& input) {
    const masked::DilatedShape& shape = plan.shape;
    const std::size_t rows = std::size_t(shape.C) * std::size_t(shape.H);
    const auto width = std::size_t(shape.W);
    const auto taps = std::size_t(shape.KW);
    columns.rows.reserve(input.non_zeros());
    columns.values.assign(input.values().begin(), input.values().end());
    columns.pointers.reserve(rows + 1);
    under_tap.assign(rows * taps, 0);
    std::size_t row = 0;
    masked::for_each_non_zero(input, [&](std::size_t element, std::int16_t /*value*/) {
        for (; row < element / width; ++row) {
            columns.pointers.push_back(std::uint32_t(columns.rows.size()));
        }
        const auto column = std::uint32_t(element % width);
        columns.rows.push_back(column);
        for (std::size_t tap = 0; tap < taps; ++tap) {
            under_tap[row * taps + tap] += output_column(shape, column, tap).has_value() ? 1U : 0U;
        }
    });
    columns.pointers.resize(rows + 1, std::uint32_t(columns.rows.size()));
}

CompressedColumns weight_columns(const LayerPlan& plan, const masked::Filters& filters, const PeShare& share) {
    const auto taps = std::size_t(plan.shape.KW);
    const auto kernel_rows = std::size_t(plan.shape.KH);
    const std::size_t columns = share.channels.size() * taps;
    struct Entry {
        std::uint32_t column;
        std::uint32_t row;
        std::int16_t value;
    };
    std::vector<Entry> entries;  // filter by filter
    CompressedColumns weights;
    weights.pointers.assign(columns + 1, 0);
    for (std::size_t place = share.filters.begin; place < share.filters.end; ++place) {
        const masked::MaskedTensor& filter = filters.tensors[place];
        for (std::size_t channel = share.channels.begin; channel < share.channels.end; ++channel) {
            const std::size_t first = (channel * kernel_rows + share.kernel_row) * taps;
            for (std::size_t tap = 0; tap < taps; tap += masked::kWordBits) {
                std::uint64_t bits = filter.bits(first + tap, std::min<std::size_t>(masked::kWordBits, taps - tap));
                std::size_t value = bits == 0 || !filter.has_values() ? 0 : filter.rank(first + tap);
                for (; bits != 0; bits &= bits - 1) {
                    const std::size_t column =
                        (channel - share.channels.begin) * taps + tap + std::size_t(std::countr_zero(bits));
                    entries.push_back({std::uint32_t(column), std::uint32_t(place - share.filters.begin),
                                       filter.has_values() ? filter.values()[value++] : std::int16_t{0}});
                    ++weights.pointers[column + 1];
                }
            }
        }
    }
    for (std::size_t column = 0; column < columns; ++column) {
        weights.pointers[column + 1] += weights.pointers[column];
    }
    weights.rows.resize(entries.size());
    weights.values.resize(plan.count_only ? 0 : entries.size());
    std::vector<std::uint32_t> next(weights.pointers.begin(), weights.pointers.end() - 1);
    for (const Entry& entry : entries) {
        const std::uint32_t at = next[entry.column]++;
        weights.rows[at] = entry.row;
        if (!plan.count_only) {
            weights.values[at] = entry.value;
        }
    }
    return weights;
}

std::uint64_t wire_bits(const CompressedColumns& weights, int operand_bits) {
    return weights.columns() * kWeightAddressBits + weights.rows.size() * (std::uint64_t(operand_bits) + kCountBits);
}

}  // namespace nonzero::eyeriss_v2
