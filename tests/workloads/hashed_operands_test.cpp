#include "workloads/hashed_operands.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "tests/workloads/random_layer.h"
#include "workloads/import.h"
#include "workloads/reference.h"

using namespace nonzero;

namespace {

using Values = std::vector<std::int16_t>;

bool kept(const Operands& matrix, std::size_t row, std::size_t column) {
    return matrix.data[row * matrix.shape[1] + column] != 0;
}

}  // namespace

TEST_CASE("The anchors of the deterministic matrices") {
    CHECK(weight_score(0, 0, 0, 128) == 0x92CA2F0E);
    CHECK(weight_score(0, 0, 1, 128) == 0x96A0F96B);
    CHECK(weight_score(0, 0, 2, 128) == 0xB4421BBB);
    CHECK(weight_score(0, 0, 3, 128) == 0xED81DED3);

    const GemmShape g0{1, 64, 128, 64};
    const Layer layer = gemm_layer("g0", g0);
    const Operands weights = hashed_weights(layer, 0, NmPattern{8, 128});
    Values columns;
    Values values;
    for (std::int16_t column = 0; column < 128; ++column) {
        if (const std::int16_t value = weights.data[std::size_t(column)]; value != 0) {
            columns.push_back(column);
            values.push_back(value);
        }
    }
    CHECK(columns == Values{43, 44, 48, 51, 56, 60, 62, 105});
    CHECK(values == Values{-27, -83, 109, -78, -88, 113, 8, 96});

    const Operands activations = hashed_activations(layer, 0);
    CHECK(Values(activations.data.begin(), activations.data.begin() + 4) == Values{51, -51, -117, -12});
    CHECK(sha256_of(convolve(layer, activations, weights)) ==
          "addac1cf26a855da598f6fbd31556f8e1bebcbaaa5e5d9c02398326a79321d33");
}

TEST_CASE("Hashed weights keep the places of their rule") {
    CHECK(test::property_holds("N:M, uD, column groups", [] {
        const GemmShape shape{in_range(1, 3), in_range(1, 9), in_range(1, 40), 1};
        const auto layer = *rc::gen::inRange<std::uint32_t>(0, 60);
        const int m = in_range(1, 12), n = in_range(1, m), percent = in_range(0, 100), rows = in_range(1, 5);
        const Operands dense = hashed_matrix(shape, layer, NmPattern{1, 1});
        const Operands structured = hashed_matrix(shape, layer, NmPattern{n, m});
        const Operands uniform = hashed_matrix(shape, layer, UniformDensity{percent});
        const Operands grouped = hashed_matrix(shape, layer, ColumnGroups{{n, m}, rows});
        const auto score = [&](int row, int column) {
            return weight_score(layer, std::uint32_t(row), std::uint32_t(column), std::uint32_t(shape.K));
        };
        for (int row = 0; row < shape.groups * shape.Mo; ++row) {
            const int first_row = row - row % shape.Mo % rows;
            for (int column = 0; column < shape.K; ++column) {
                const std::size_t place = std::size_t(row * shape.K + column);
                const std::uint32_t own = score(row, column);
                const int magnitude = 1 + int((own >> 8) % 127);
                RC_ASSERT(dense.data[place] == (own & 128 ? -magnitude : magnitude));

                // How many places of the window, or of the whole row that leads the group, have a lower score.
                int lower_in_window = 0;
                int lower_in_row = 0;
                for (int other = 0; other < shape.K; ++other) {
                    lower_in_window += other / m == column / m && score(row, other) < own;
                    lower_in_row += score(first_row, other) < score(first_row, column);
                }
                RC_ASSERT(kept(structured, std::size_t(row), std::size_t(column)) == (lower_in_window < n));
                RC_ASSERT(kept(uniform, std::size_t(row), std::size_t(column)) ==
                          (100 * std::uint64_t{own} < std::uint64_t(percent) << 32));
                RC_ASSERT(kept(grouped, std::size_t(row), std::size_t(column)) ==
                          (lower_in_row < (shape.K * n + m - 1) / m));
                for (const Operands* matrix : {&structured, &uniform, &grouped}) {
                    RC_ASSERT(matrix->data[place] == 0 || matrix->data[place] == dense.data[place]);
                }
            }
        }
        RC_ASSERT(!find_violation(structured, {n, m}));
    }));
}

TEST_CASE("Hashed tensors of a convolution are its matrices") {
    CHECK(test::property_holds("weights by column order, activations by place", [] {
        const Layer layer = random_batch();
        const auto index = *rc::gen::inRange<std::uint32_t>(0, 60);
        const Operands matrix = hashed_matrix(gemm_shape(layer), index, NmPattern{2, 4});
        RC_ASSERT(gemm_weights(layer, hashed_weights(layer, index, NmPattern{2, 4})) == matrix);
        const Operands activations = hashed_activations(layer, index);
        RC_ASSERT(activations.shape == layer.input_shape());
        const int plane = layer.H * layer.W;
        const int c = in_range(0, layer.C - 1), p = in_range(0, plane - 1);
        const std::uint32_t hash = mix(std::uint32_t(c * plane + p) + 0x85EBCA77U * (index + 1));
        RC_ASSERT(activations.data[std::size_t(c * plane + p)] == int((hash >> 16) & 255U) - 128);
    }));
}

TEST_CASE("Layers of a network have different weights") {
    std::set<Values> first_rows;
    for (std::uint32_t layer = 0; layer < 54; ++layer) {
        first_rows.insert(hashed_matrix({1, 1, 16, 1}, layer, NmPattern{1, 1}).data);
    }
    CHECK(first_rows.size() == 54);
}
