#include "models/scnn/accumulator_banks.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

using WeightLanes [[gnu::vector_size(kChannelLanes * sizeof(std::int32_t))]] = std::int32_t;

// `Count` activations at once, so that a row of weights is fetched once for all of them.
template <std::size_t Count, class Sum, class Lanes>
[[gnu::always_inline]] inline void add_rows_to(Sum* sums, const std::int16_t* values, const std::int32_t* cells,
                                               std::span<const WeightOperands::Row> rows) {
    Sum value[Count];
    Sum* origin[Count];
    for (std::size_t i = 0; i < Count; ++i) {
        value[i] = values[i];
        origin[i] = sums + cells[i];
    }
    for (const WeightOperands::Row& row : rows) {
        WeightLanes weights;
        __builtin_memcpy(&weights, row.values.data(), sizeof weights);
        const Lanes weight = __builtin_convertvector(weights, Lanes);
        for (std::size_t i = 0; i < Count; ++i) {
            Lanes sum;
            __builtin_memcpy(&sum, origin[i] + row.cell, sizeof sum);
            sum += value[i] * weight;
            __builtin_memcpy(origin[i] + row.cell, &sum, sizeof sum);
        }
    }
}

template <class Sum, class Lanes>
[[gnu::always_inline]] inline void add_rows(Sum* sums, const ActivationOperands& activations,
                                            std::span<const WeightOperands::Row> rows) {
    const std::int16_t* const values = activations.values.data();
    const std::int32_t* const cells = activations.cells.data();
    const std::size_t count = activations.values.size();
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        add_rows_to<4, Sum, Lanes>(sums, values + i, cells + i, rows);
    }
    switch (count - i) {
        case 3:
            return add_rows_to<3, Sum, Lanes>(sums, values + i, cells + i, rows);
        case 2:
            return add_rows_to<2, Sum, Lanes>(sums, values + i, cells + i, rows);
        case 1:
            return add_rows_to<1, Sum, Lanes>(sums, values + i, cells + i, rows);
        default:
            return;
    }
}

NONZERO_VECTOR_CLONES void add_rows(std::int32_t* sums, const ActivationOperands& activations,
                                    std::span<const WeightOperands::Row> rows) {
    add_rows<std::int32_t, WeightLanes>(sums, activations, rows);
}
NONZERO_VECTOR_CLONES void add_rows(double* sums, const ActivationOperands& activations,
                                    std::span<const WeightOperands::Row> rows) {
    using Lanes [[gnu::vector_size(kChannelLanes * sizeof(double))]] = double;
    add_rows<double, Lanes>(sums, activations, rows);
}

template <class Sum>
void add_singles(Sum* sums, const ActivationOperands& activations, std::span<const WeightOperands::Single> singles) {
    for (std::size_t i = 0; i < activations.values.size(); ++i) {
        const Sum value = activations.values[i];
        Sum* const origin = sums + activations.cells[i];
        for (const WeightOperands::Single& single : singles) {
            origin[single.cell] += value * Sum(single.value);
        }
    }
}

template <class Sum>
void add_operands(Sum* sums, const ActivationOperands& activations, const WeightOperands& weights) {
    if (!weights.rows().empty()) {
        add_rows(sums, activations, weights.rows());
    } else {
        add_singles(sums, activations, weights.singles());
    }
}

}  // namespace

void WeightOperands::assign(std::span<const WeightEntry> entries, int channel_stride) {
    singles_.clear();
    rows_.clear();
    // Of the channels that share a lane together, which is more than of one of them.
    std::array<std::int64_t, kChannelLanes> sums{};
    const bool side_by_side = channel_stride % kChannelLanes == 0;
    for (const WeightEntry& entry : entries) {
        if (entry.value == 0) {
            continue;
        }
        const int lane = entry.k_offset % kChannelLanes;
        sums[std::size_t(lane)] += std::abs(int(entry.value));
        if (!side_by_side) {
            singles_.push_back({entry.cell, entry.value});
            continue;
        }
        // Entries come tap by tap, channels ascending, so a row is complete when the next one begins.
        const std::int32_t cell = entry.cell - lane;
        if (rows_.empty() || rows_.back().cell != cell) {
            rows_.push_back({{}, cell});
        }
        rows_.back().values[std::size_t(lane)] = entry.value;
    }
    largest_sum_ = *std::max_element(sums.begin(), sums.end());
}

void AccumulatorBanks::resize(std::size_t cells) {
    for (Buffer& buffer : buffers_) {
        buffer = {};
        buffer.narrow.assign(cells, 0);
    }
}

void AccumulatorBanks::clear(int buffer) {
    Buffer& cleared = buffers_[std::size_t(buffer)];
    std::fill(cleared.narrow.begin(), cleared.narrow.end(), 0);
    cleared.is_wide = false;
    cleared.bound = 0;
}

void AccumulatorBanks::make_room(Buffer& buffer, std::int64_t growth) {
    if (buffer.is_wide) {
        return;
    }
    buffer.bound += growth;
    if (buffer.bound > std::numeric_limits<std::int32_t>::max()) {
        buffer.wide.assign(buffer.narrow.begin(), buffer.narrow.end());
        buffer.is_wide = true;
    }
}

void AccumulatorBanks::add(int buffer, std::size_t cell, std::int64_t product) {
    Buffer& to = buffers_[std::size_t(buffer)];
    make_room(to, std::abs(product));
    if (to.is_wide) {
        to.wide[cell] += double(product);
    } else {
        to.narrow[cell] += std::int32_t(product);
    }
}

void AccumulatorBanks::accumulate(int buffer, const ActivationOperands& activations, const WeightOperands& weights) {
    Buffer& to = buffers_[std::size_t(buffer)];
    make_room(to, activations.largest * weights.largest_sum());
    if (to.is_wide) {
        add_operands(to.wide.data(), activations, weights);
    } else {
        add_operands(to.narrow.data(), activations, weights);
    }
}

}  // namespace nonzero::scnn
