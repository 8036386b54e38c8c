#include "workloads/hashed_operands.h"

#include <algorithm>
#include <span>
#include <vector>

#include "workloads/vector_clones.h"
#include "workloads/zero_tensor.h"

namespace nonzero {

namespace {

using Scores = std::vector<std::uint32_t>;
using Mask = std::vector<std::uint8_t>;

NONZERO_VECTOR_CLONES void score_row(std::uint32_t layer, std::uint32_t row, std::uint32_t columns,
                                     std::uint32_t* scores) {
    for (std::uint32_t column = 0; column < columns; ++column) {
        scores[column] = weight_score(layer, row, column, columns);
    }
}

NONZERO_VECTOR_CLONES void fill_kept(const std::uint32_t* scores, const std::uint8_t* mask, std::size_t columns,
                                     std::int16_t* weights) {
    for (std::size_t column = 0; column < columns; ++column) {
        const std::int16_t weight = hashed_weight(scores[column]);
        weights[column] = mask[column] != 0 ? weight : std::int16_t{0};
    }
}

NONZERO_VECTOR_CLONES void fill_activations(std::uint32_t place, std::size_t count, std::int16_t* values) {
    for (std::size_t n = 0; n < count; ++n) {
        values[n] = static_cast<std::int16_t>(static_cast<int>((mix(place + std::uint32_t(n)) >> 16) & 255U) - 128);
    }
}

// The mask of one row; ColumnGroups keep that of the row before unless a group starts.
struct Keep {
    const Scores& scores;
    int row_in_group;
    Mask& mask;

    void operator()(const NmPattern& pattern) const { keep_lowest(scores, pattern, mask); }

    void operator()(const UniformDensity& density) const {
        const auto limit = static_cast<std::uint64_t>(density.percent) << 32;
        std::ranges::transform(scores, mask.begin(), [limit](std::uint32_t score) {
            return static_cast<std::uint8_t>(std::uint64_t{100} * score < limit);
        });
    }

    void operator()(const ColumnGroups& groups) const {
        if (row_in_group % groups.rows == 0) {
            const auto columns = static_cast<std::int64_t>(scores.size());
            const std::int64_t kept = (columns * groups.share.n + groups.share.m - 1) / groups.share.m;
            keep_lowest(scores, {static_cast<int>(kept), static_cast<int>(columns)}, mask);
        }
    }
};

}  // namespace

Operands hashed_matrix(const GemmShape& shape, std::uint32_t layer, const WeightPlaces& places) {
    const auto columns = static_cast<std::size_t>(shape.K);
    const auto rows = static_cast<std::size_t>(shape.groups) * static_cast<std::size_t>(shape.Mo);
    auto matrix = zero_tensor<std::int16_t>({rows, columns});
    Scores scores(columns);
    Mask mask(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        score_row(layer, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(columns), scores.data());
        std::visit(Keep{scores, static_cast<int>(row) % shape.Mo, mask}, places);
        fill_kept(scores.data(), mask.data(), columns, matrix.data.data() + row * columns);
    }
    return matrix;
}

Operands hashed_weights(const Layer& layer, std::uint32_t layer_index, const WeightPlaces& places) {
    return layer_weights(layer, hashed_matrix(gemm_shape(layer), layer_index, places));
}

Operands hashed_activations(const Layer& layer, std::uint32_t layer_index) {
    Operands activations(layer.input_shape());
    fill_activations(0x85EBCA77U * (layer_index + 1), activations.size(), activations.data.data());
    return activations;
}

}  // namespace nonzero
