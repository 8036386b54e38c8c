#include "models/scnn/accumulator_banks.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

using WeightLanes [[gnu::vector_size(kChannelLanes * sizeof(std::int32_t))]] = std::int32_t;

// Rows of weights against all activations. add(n, count, rows): against `count` of them, a constant up to 4, from
// number n on, so that a row of weights is fetched once for all of them.
template <class Add>
[[gnu::always_inline]] inline void by_fours(std::size_t activations, const Add& add) {
    std::size_t n = 0;
    for (; n + 4 <= activations; n += 4) {
        add(n, std::integral_constant<std::size_t, 4>());
    }
    switch (activations - n) {
        case 3:
            return add(n, std::integral_constant<std::size_t, 3>());
        case 2:
            return add(n, std::integral_constant<std::size_t, 2>());
        case 1:
            return add(n, std::integral_constant<std::size_t, 1>());
        default:
            return;
    }
}

template <std::size_t Count, class Sum>
[[gnu::always_inline]] inline void add_rows_to(Sum* sums, const std::int16_t* values, const std::int32_t* cells,
                                               std::span<const WeightOperands::Row> rows) {
    using Lanes [[gnu::vector_size(kChannelLanes * sizeof(Sum))]] = Sum;
    Sum value[Count];
    Sum* origin[Count];
    for (std::size_t i = 0; i < Count; ++i) {
        value[i] = values[i];
        origin[i] = sums + cells[i];
    }
    for (const WeightOperands::Row& row : rows) {
        const std::int32_t cell = row.cell;
        WeightLanes weights;
        __builtin_memcpy(&weights, row.values.data(), sizeof weights);
        const Lanes weight = __builtin_convertvector(weights, Lanes);
        for (std::size_t i = 0; i < Count; ++i) {
            Lanes sum;
            __builtin_memcpy(&sum, origin[i] + cell, sizeof sum);
            sum += value[i] * weight;
            __builtin_memcpy(origin[i] + cell, &sum, sizeof sum);
        }
    }
}

template <class Sum>
[[gnu::always_inline]] inline void add_rows_portably(Sum* sums, const ActivationOperands& activations,
                                                     std::span<const WeightOperands::Row> rows) {
    by_fours(
        activations.values.size(), [&](std::size_t n, auto count) __attribute__((always_inline)) {
            add_rows_to<decltype(count)::value>(sums, activations.values.data() + n, activations.cells.data() + n,
                                                rows);
        });
}

#if defined(__x86_64__)
// A 32-bit multiplication takes twice the time of the one that multiplies pairs of 16 bits and adds them. The upper
// half of an activation is 0 here, so that of a weight's sign does not count.
template <std::size_t Count>
[[gnu::target("avx2")]] void add_rows_avx2_to(std::int32_t* sums, const std::int16_t* values, const std::int32_t* cells,
                                              std::span<const WeightOperands::Row> rows) {
    static_assert(kChannelLanes * sizeof(std::int32_t) == sizeof(__m256i));
    __m256i value[Count];
    std::int32_t* origin[Count];
    for (std::size_t i = 0; i < Count; ++i) {
        value[i] = _mm256_set1_epi32(std::uint16_t(values[i]));
        origin[i] = sums + cells[i];
    }
    for (const WeightOperands::Row& row : rows) {
        const std::int32_t cell = row.cell;
        const __m256i weights = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row.values.data()));
        for (std::size_t i = 0; i < Count; ++i) {
            auto* const sum = reinterpret_cast<__m256i*>(origin[i] + cell);
            _mm256_storeu_si256(sum, _mm256_add_epi32(_mm256_loadu_si256(sum), _mm256_madd_epi16(value[i], weights)));
        }
    }
}
#endif

void add_rows(std::int32_t* sums, const ActivationOperands& activations, std::span<const WeightOperands::Row> rows) {
#if defined(__x86_64__)
    static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
    if (avx2) {
        by_fours(activations.values.size(), [&](std::size_t n, auto count) {
            add_rows_avx2_to<decltype(count)::value>(sums, activations.values.data() + n, activations.cells.data() + n,
                                                     rows);
        });
        return;
    }
#endif
    add_rows_portably(sums, activations, rows);
}
NONZERO_VECTOR_CLONES void add_rows(double* sums, const ActivationOperands& activations,
                                    std::span<const WeightOperands::Row> rows) {
    add_rows_portably(sums, activations, rows);
}

// Weight by weight: the activations of a block are at different places, so no sum waits for the one before.
template <class Sum>
void add_singles(Sum* sums, const ActivationOperands& activations, std::span<const WeightOperands::Single> singles) {
    const std::int16_t* const values = activations.values.data();
    const std::int32_t* const cells = activations.cells.data();
    for (const WeightOperands::Single& single : singles) {
        const Sum weight = Sum(single.value);
        Sum* const origin = sums + single.cell;
        for (std::size_t i = 0; i < activations.values.size(); ++i) {
            origin[cells[i]] += Sum(values[i]) * weight;
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
