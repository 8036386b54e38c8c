#include "workloads/gemm.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "tests/workloads/random_layer.h"
#include "workloads/error.h"
#include "workloads/im2col.h"
#include "workloads/network.h"
#include "workloads/reference.h"

using namespace nonzero;

namespace {

// Y = A * B of every group, from the definition.
Psums multiplied(const Operands& matrix, const Im2col& b) {
    const GemmShape& shape = b.shape();
    Psums product({matrix.shape[0], std::size_t(shape.P)});
    for (int row = 0; row < shape.groups * shape.Mo; ++row) {
        for (int k = 0; k < shape.K; ++k) {
            for (int p = 0; p < shape.P; ++p) {
                product.data[std::size_t(row * shape.P + p)] +=
                    std::int64_t(matrix.data[std::size_t(row * shape.K + k)]) * b.at(row / shape.Mo, k, p);
            }
        }
    }
    return product;
}

Layer example() {
    Layer layer;
    layer.name = "example";
    layer.C = 2;
    layer.H = 2;
    layer.W = 3;
    layer.KH = 1;
    layer.KW = 2;
    return layer;
}

Operands operands(std::vector<std::size_t> shape, std::vector<std::int16_t> values) {
    Operands tensor(std::move(shape));
    tensor.data = std::move(values);
    return tensor;
}

}  // namespace

TEST_CASE("The matrices of a convolution by hand") {
    const Layer layer = example();
    CHECK(gemm_shape(layer) == GemmShape{1, 1, 4, 4});
    CHECK(gemm_shape(layer).dense_macs() == layer.dense_macs());
    // Channel 0 has the taps 1 2, channel 1 the taps 3 4; in the matrix the channel runs fastest.
    const Operands matrix = gemm_weights(layer, operands({1, 2, 1, 2}, {1, 2, 3, 4}));
    CHECK(matrix == operands({1, 4}, {1, 3, 2, 4}));

    const Operands input = operands({2, 2, 3}, {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60});
    const Im2col b(layer, input);
    std::vector<std::int16_t> tile(16);
    b.copy_tile(0, 0, 4, 0, 4, tile.data(), 4);
    CHECK(tile == std::vector<std::int16_t>{1, 2, 4, 5, 10, 20, 40, 50, 2, 3, 5, 6, 20, 30, 50, 60});
    CHECK(multiplied(matrix, b).data ==
          std::vector<std::int64_t>{1 + 30 + 4 + 80, 2 + 60 + 6 + 120, 4 + 120 + 10 + 200, 5 + 150 + 12 + 240});
}

TEST_CASE("The product of the matrices is the layer") {
    CHECK(test::property_holds("stride, dilation, padding, groups", [] {
        const Layer layer = random_batch();
        const Operands input = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        const Operands matrix = gemm_weights(layer, weights);
        RC_ASSERT(layer_outputs(layer, multiplied(matrix, Im2col(layer, input))) == convolve(layer, input, weights));
        RC_ASSERT(layer_weights(layer, matrix) == weights);
        RC_ASSERT(gemm_shape(layer).dense_macs() == layer.dense_macs());
    }));
}

TEST_CASE("A tile of B holds the elements that its rows and columns name") {
    CHECK(test::property_holds("any tile, any stride of rows", [] {
        const Layer layer = random_batch();
        const Operands input = random_operands(layer.input_shape());
        const Im2col b(layer, input);
        const GemmShape& shape = b.shape();
        const int group = in_range(0, shape.groups - 1);
        const int k_begin = in_range(0, shape.K), k_end = in_range(k_begin, shape.K);
        const int p_begin = in_range(0, shape.P), p_end = in_range(p_begin, shape.P);
        const int stride = p_end - p_begin + in_range(0, 2);
        constexpr std::int16_t untouched = 12345;
        std::vector<std::int16_t> tile(std::size_t((k_end - k_begin) * stride), untouched);
        b.copy_tile(group, k_begin, k_end, p_begin, p_end, tile.data(), std::size_t(stride));
        for (int k = k_begin; k < k_end; ++k) {
            for (int i = 0; i < stride; ++i) {
                const int p = p_begin + i;
                const std::int16_t expected = p < p_end ? b.at(group, k, p) : untouched;
                RC_ASSERT(tile[std::size_t((k - k_begin) * stride + i)] == expected);
            }
        }
    }));
}

TEST_CASE("A matrix product is a 1x1 convolution over one row") {
    CHECK(test::property_holds("A, B and Y are weights, activations and outputs", [] {
        const GemmShape shape{in_range(1, 3), in_range(1, 5), in_range(1, 9), in_range(1, 7)};
        const Layer layer = gemm_layer("product", shape);
        validate(layer);
        RC_ASSERT(gemm_shape(layer) == shape);
        const Operands activations = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        RC_ASSERT(gemm_weights(layer, weights).data == weights.data);
        const Im2col b(layer, activations);
        for (int row = 0; row < shape.groups * shape.K; ++row) {
            for (int p = 0; p < shape.P; ++p) {
                RC_ASSERT(b.at(row / shape.K, row % shape.K, p) == activations.data[std::size_t(row * shape.P + p)]);
            }
        }
    }));
}

TEST_CASE("A fully connected layer has one column") {
    Layer layer;
    layer.kind = LayerKind::fully_connected;
    layer.C = 6;
    layer.K = 4;
    CHECK(gemm_shape(layer) == GemmShape{1, 4, 6, 1});
    const Operands plane = operands({1, 2, 3}, {1, 2, 3, 4, 5, 6});
    CHECK(Im2col(layer, plane).at(0, 4, 0) == 5);
}

TEST_CASE("Tensors that are not those of the layer are refused by name") {
    const Layer layer = example();
    const Operands wide({1, 2, 2, 1});
    CHECK_THROWS_WITH(gemm_weights(layer, wide),
                      "layer 'example': the weights have shape 1x2x2x1, the layer needs 1x2x1x2");
    CHECK_THROWS_AS(layer_weights(layer, Operands({4, 1})), InputError);
    CHECK_THROWS_AS(layer_outputs(layer, Psums({1, 3})), InputError);
    const Operands few({11});
    CHECK_THROWS_WITH(Im2col(layer, few), "layer 'example': 11 activations for an input of 2x2x3; give 12");
    Layer pool = layer;
    pool.kind = LayerKind::max_pool;
    CHECK_THROWS_AS(gemm_shape(pool), InputError);
}

TEST_CASE("ResNet-50 is 54 matrix products in the order of their layers") {
    const Network network = load_network("resnet50");
    std::vector<GemmShape> found;
    for (const Layer* layer : network.weighted_layers(true)) {
        found.push_back(gemm_shape(*layer));
    }
    // conv1; of each block conv1, conv2 (with the stride), conv3 and in the first block of a stage the downsample; fc.
    std::vector<GemmShape> expected = {{1, 64, 147, 112 * 112}};
    int in = 64;
    for (const auto& [blocks, width, plane, stride] :
         {std::tuple{3, 64, 56, 1}, std::tuple{4, 128, 28, 2}, std::tuple{6, 256, 14, 2}, std::tuple{3, 512, 7, 2}}) {
        for (int block = 0; block < blocks; ++block) {
            const int before = block == 0 ? plane * stride : plane;
            expected.push_back({1, width, in, before * before});
            expected.push_back({1, width, 9 * width, plane * plane});
            expected.push_back({1, 4 * width, width, plane * plane});
            if (block == 0) {
                expected.push_back({1, 4 * width, in, plane * plane});
            }
            in = 4 * width;
        }
    }
    expected.push_back({1, 1000, 2048, 1});
    CHECK(found.size() == 54);
    CHECK(found == expected);
    std::uint64_t macs = 0;
    for (const GemmShape& shape : found) {
        macs += shape.dense_macs();
    }
    CHECK(macs == 4'089'184'256);
}
