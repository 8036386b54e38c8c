#include "workloads/hashed_operands.h"

#include <algorithm>
#include <span>
#include <vector>

namespace nonzero {

namespace {

using Scores = std::vector<std::uint32_t>;
using Mask = std::vector<std::uint8_t>;

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
    Operands matrix({rows, columns});
    Scores scores(columns);
    Mask mask(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            scores[column] = weight_score(layer, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column),
                                          static_cast<std::uint32_t>(shape.K));
        }
        std::visit(Keep{scores, static_cast<int>(row) % shape.Mo, mask}, places);
        std::int16_t* to = matrix.data.data() + row * columns;
        for (std::size_t column = 0; column < columns; ++column) {
            to[column] = mask[column] != 0 ? hashed_weight(scores[column]) : std::int16_t{0};
        }
    }
    return matrix;
}

Operands hashed_weights(const Layer& layer, std::uint32_t layer_index, const WeightPlaces& places) {
    return layer_weights(layer, hashed_matrix(gemm_shape(layer), layer_index, places));
}

Operands hashed_activations(const Layer& layer, std::uint32_t layer_index) {
    Operands activations(layer.input_shape());
    std::uint32_t place = 0x85EBCA77U * (layer_index + 1);
    for (std::int16_t& value : activations.data) {
        value = static_cast<std::int16_t>(static_cast<int>((mix(place) >> 16) & 255U) - 128);
        ++place;
    }
    return activations;
}

}  // namespace nonzero
