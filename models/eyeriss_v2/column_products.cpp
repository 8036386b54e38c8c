#include "models/eyeriss_v2/column_products.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::eyeriss_v2 {

namespace {

template <class Sum>
[[gnu::always_inline]] inline void multiply(const LayerPlan& plan, const InputRows& input, std::size_t row,
                                            const PeWeights& weights, Sum* sums) {
    const auto taps = std::size_t(plan.shape.KW);
    const std::size_t stride = sums_stride(weights.filters);
    const std::uint32_t* const pointers = input.columns.pointers.data() + row;
    for (std::size_t column = 0; column < weights.counts.size(); ++column) {
        if (weights.counts[column] == 0) {
            continue;
        }
        const std::size_t of_channel = column / taps * std::size_t(plan.shape.H);
        const std::int16_t* const values = weights.values.data() + column * stride;
        for (std::size_t n = pointers[of_channel]; n < pointers[of_channel + 1]; ++n) {
            const auto output = output_column(plan.shape, input.columns.rows[n], column % taps);
            if (!output) {
                continue;
            }
            const std::int32_t activation = input.columns.values[n];
            Sum* const sum = sums + *output * stride;
            for (std::size_t filter = 0; filter < stride; ++filter) {
                sum[filter] += std::int32_t(values[filter]) * activation;
            }
        }
    }
}
NONZERO_VECTOR_CLONES void multiply_narrow(const LayerPlan& plan, const InputRows& input, std::size_t row,
                                           const PeWeights& weights, std::int32_t* sums) {
    multiply(plan, input, row, weights, sums);
}
NONZERO_VECTOR_CLONES void multiply_wide(const LayerPlan& plan, const InputRows& input, std::size_t row,
                                         const PeWeights& weights, std::int64_t* sums) {
    multiply(plan, input, row, weights, sums);
}

}  // namespace

PeWeights::PeWeights(const CompressedColumns& columns, std::size_t of)
    : filters(of), non_zeros(columns.rows.size()), counts(columns.columns()) {
    const std::size_t stride = sums_stride(filters);
    values.assign(columns.values.empty() ? 0 : counts.size() * stride, 0);
    for (std::size_t column = 0; column < counts.size(); ++column) {
        counts[column] = std::uint32_t(columns.non_zeros(column));
        for (std::size_t n = columns.pointers[column]; n < columns.pointers[column + 1] && !values.empty(); ++n) {
            values[column * stride + columns.rows[n]] = columns.values[n];
        }
    }
}

PeCounts count_products(const LayerPlan& plan, const InputRows& input, const InputRow& row, const PeWeights& weights) {
    const auto taps = std::size_t(plan.shape.KW);
    const auto simd = std::uint64_t(plan.parameters.simd);
    PeCounts counts;
    for (std::size_t column = 0; row && column < weights.counts.size(); ++column) {
        const std::size_t of_channel = *row + column / taps * std::size_t(plan.shape.H);
        const std::uint64_t inputs = input.under_tap[of_channel * taps + column % taps];
        const std::uint64_t filters = weights.counts[column];
        counts.busy += inputs * ((filters + simd - 1) / simd);
        counts.half_words += filters % simd != 0 ? inputs : 0;
        counts.useful_products += inputs * filters;
        counts.empty += filters == 0 ? inputs * std::uint64_t(plan.parameters.empty_column) : 0;
    }
    counts.products = counts.useful_products;
    if (plan.is_depthwise()) {
        counts.busy = std::uint64_t(plan.shape.Q) * taps;
        counts.products = counts.busy;
        counts.half_words = counts.busy;
        counts.empty = 0;
    }
    return counts;
}

bool fits_32_bits(const LayerPlan& plan) {
    const std::uint64_t products =
        std::uint64_t(plan.parameters.pe_rows) * plan.channels_of_pe * std::uint64_t(plan.shape.KW);
    return (products << (2 * plan.operand_bits - 2)) < std::uint64_t{1} << 31;
}

void add_products(const LayerPlan& plan, const InputRows& input, std::size_t row, const PeWeights& weights,
                  std::int32_t* sums) {
    multiply_narrow(plan, input, row, weights, sums);
}
void add_products(const LayerPlan& plan, const InputRows& input, std::size_t row, const PeWeights& weights,
                  std::int64_t* sums) {
    multiply_wide(plan, input, row, weights, sums);
}

}  // namespace nonzero::eyeriss_v2
