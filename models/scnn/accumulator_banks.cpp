#include "models/scnn/accumulator_banks.h"

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

// A row of lanes costs about as much as this many single weights.
constexpr std::size_t kRowCost = 2;

using SumLanes [[gnu::vector_size(kChannelLanes * sizeof(double))]] = double;
using WeightLanes [[gnu::vector_size(kChannelLanes * sizeof(float))]] = float;

// `Count` activations at once, so that a row of weights is fetched once for all of them.
template <std::size_t Count>
[[gnu::always_inline]] inline void add_rows_to(double* sums, const std::int16_t* values, const std::int32_t* cells,
                                               std::span<const WeightOperands::Row> rows) {
    double value[Count];
    double* origin[Count];
    for (std::size_t i = 0; i < Count; ++i) {
        value[i] = values[i];
        origin[i] = sums + cells[i];
    }
    for (const WeightOperands::Row& row : rows) {
        WeightLanes narrow;
        __builtin_memcpy(&narrow, row.values.data(), sizeof narrow);
        const SumLanes weight = __builtin_convertvector(narrow, SumLanes);
        for (std::size_t i = 0; i < Count; ++i) {
            SumLanes sum;
            __builtin_memcpy(&sum, origin[i] + row.cell, sizeof sum);
            sum += value[i] * weight;
            __builtin_memcpy(origin[i] + row.cell, &sum, sizeof sum);
        }
    }
}

NONZERO_VECTOR_CLONES void add_rows(double* sums, std::span<const std::int16_t> values,
                                    std::span<const std::int32_t> cells, std::span<const WeightOperands::Row> rows) {
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4) {
        add_rows_to<4>(sums, values.data() + i, cells.data() + i, rows);
    }
    switch (values.size() - i) {
        case 3:
            return add_rows_to<3>(sums, values.data() + i, cells.data() + i, rows);
        case 2:
            return add_rows_to<2>(sums, values.data() + i, cells.data() + i, rows);
        case 1:
            return add_rows_to<1>(sums, values.data() + i, cells.data() + i, rows);
        default:
            return;
    }
}

void add_singles(double* sums, std::span<const std::int16_t> values, std::span<const std::int32_t> cells,
                 std::span<const WeightOperands::Single> singles) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double value = values[i];
        double* const origin = sums + cells[i];
        for (const WeightOperands::Single& single : singles) {
            origin[single.cell] += value * single.value;
        }
    }
}

}  // namespace

void WeightOperands::assign(std::span<const WeightEntry> entries, int channel_stride) {
    singles_.clear();
    rows_.clear();
    if (channel_stride % kChannelLanes == 0) {
        // Entries come tap by tap, channels ascending, so a row is complete when the next one begins.
        std::size_t non_zeros = 0;
        for (const WeightEntry& entry : entries) {
            if (entry.value == 0) {
                continue;
            }
            ++non_zeros;
            const int lane = entry.k_offset % kChannelLanes;
            const std::int32_t cell = entry.cell - lane;
            if (rows_.empty() || rows_.back().cell != cell) {
                rows_.push_back({{}, cell});
            }
            rows_.back().values[std::size_t(lane)] = entry.value;
        }
        if (rows_.size() * kRowCost <= non_zeros) {
            return;
        }
        rows_.clear();
    }
    for (const WeightEntry& entry : entries) {
        if (entry.value != 0) {
            singles_.push_back({entry.cell, float(entry.value)});
        }
    }
}

void AccumulatorBanks::accumulate(int buffer, std::span<const std::int16_t> values, std::span<const std::int32_t> cells,
                                  const WeightOperands& weights) {
    double* const sums = buffers_[std::size_t(buffer)].data();
    if (!weights.rows().empty()) {
        add_rows(sums, values, cells, weights.rows());
    } else {
        add_singles(sums, values, cells, weights.singles());
    }
}

}  // namespace nonzero::scnn
