#include "workloads/convolution.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/workloads/random_layer.h"
#include "workloads/reference.h"

using namespace nonzero;

namespace {

// The seven loops in 64 bits.
Psums seven_loops(const Layer& layer, const Operands& input, const Operands& weights) {
    Psums sums(layer.output_shape());
    for_each_product(layer, input, weights,
                     [&sums](std::size_t k, std::size_t p, std::size_t q, std::int64_t w, std::int64_t x) {
                         sums.at(k, p, q) += w * x;
                     });
    return sums;
}

Psums convolve_by(const BlockKernel& kernel, const Layer& layer, const Operands& input, const Operands& weights) {
    Psums sums(layer.output_shape());
    Convolution(layer, input, weights, kernel).add_channels(0, layer.K, sums);
    return sums;
}

Operands even_operands(std::vector<std::size_t> shape, int largest, std::mt19937& random) {
    Operands tensor(std::move(shape));
    std::uniform_int_distribution<int> value(-largest, largest);
    for (std::int16_t& element : tensor.data) {
        element = static_cast<std::int16_t>(value(random));
    }
    return tensor;
}

Layer plain_layer(int channels, int rows, int columns, int filters, int kernel) {
    Layer layer;
    layer.name = "example";
    layer.C = channels;
    layer.H = rows;
    layer.W = columns;
    layer.K = filters;
    layer.KH = layer.KW = kernel;
    return layer;
}

void check_all_kernels(const Layer& layer, const Operands& input, const Operands& weights) {
    const Psums expected = seven_loops(layer, input, weights);
    for (const BlockKernel& kernel : block_kernels()) {
        INFO(kernel.name);
        CHECK(convolve_by(kernel, layer, input, weights) == expected);
    }
}

}  // namespace

TEST_CASE("every kernel of this machine equals the seven loops on any layer") {
    for (const BlockKernel& kernel : block_kernels()) {
        CHECK(test::property_holds(kernel.name, [&kernel] {
            const Layer layer = random_batch();
            const Operands input = random_operands(layer.input_shape());
            const Operands weights = random_operands(layer.weight_shape());
            RC_ASSERT(convolve_by(kernel, layer, input, weights) == seven_loops(layer, input, weights));
        }));
    }
}

TEST_CASE("layers of several blocks of channels, positions and terms") {
    std::mt19937 random(1);
    const auto check = [&random](const Layer& layer) {
        INFO(layer.C << " to " << layer.K << " channels of " << layer.H << " x " << layer.W);
        check_all_kernels(layer, even_operands(layer.input_shape(), 255, random),
                          even_operands(layer.weight_shape(), 127, random));
    };
    check(plain_layer(3, 12, 23, 6, 3));    // 27 terms, four blocks of positions
    check(plain_layer(64, 5, 5, 5, 3));     // 576 terms
    check(plain_layer(257, 1, 65, 9, 1));   // a last block of one term, and of one position
    check(plain_layer(30, 70, 1, 4, 1));    // columns of one element
    check(plain_layer(2, 150, 3, 4, 3));    // outputs of one column, each a run of its own
    check(plain_layer(1100, 1, 1, 21, 1));  // one position
    Layer layer = plain_layer(8, 21, 20, 8, 5);
    layer.groups = 8;
    layer.kind = LayerKind::depthwise;
    layer.stride_x = layer.stride_y = 3;
    layer.pad = {2, 2, 2, 2};
    check(layer);
    layer.groups = 2;
    layer.kind = LayerKind::convolution;
    layer.batch = 3;
    layer.dilation_x = 2;
    check(layer);
}

TEST_CASE("a block fits 32 bits up to exactly the largest magnitudes") {
    CHECK(block_fits(127, 255));
    CHECK(block_fits(4096, 2047));
    CHECK_FALSE(block_fits(4096, 2048));  // 256 of them are 2^31
    CHECK(block_fits(128, 32768));        // a digit of any weight, with any input
    CHECK(block_fits(0, 32768));
}

TEST_CASE("sums at both sides of 32 bits are exact") {
    const int terms = int(kBlockTerms);
    struct Factors {
        std::int16_t weight;
        std::int16_t input;
    };
    for (const auto [weight, input] :
         {Factors{4096, 2047}, Factors{4096, 2048}, Factors{-4096, 2048}, Factors{INT16_MIN, INT16_MIN},
          Factors{INT16_MIN, INT16_MAX}, Factors{INT16_MAX, INT16_MAX}, Factors{-129, INT16_MIN}}) {
        INFO(weight << " x " << input);
        for (const int columns : {1, 17}) {  // a single position takes another way
            const Layer layer = plain_layer(terms, 1, columns, 5, 1);
            const Psums sums(layer.output_shape(), std::int64_t{terms} * weight * input);
            for (const BlockKernel& kernel : block_kernels()) {
                INFO(kernel.name);
                CHECK(convolve_by(kernel, layer, Operands(layer.input_shape(), input),
                                  Operands(layer.weight_shape(), weight)) == sums);
            }
        }
    }
}

TEST_CASE("narrow and wide filters in one block of channels") {
    std::mt19937 random(2);
    // Several positions, and one.
    for (const Layer& layer : {plain_layer(300, 3, 7, 7, 1), plain_layer(9000, 1, 1, 7, 1)}) {
        const Operands input = even_operands(layer.input_shape(), 32767, random);
        Operands weights = even_operands(layer.weight_shape(), 100, random);
        weights.at(2, 299, 0, 0) = INT16_MIN;
        weights.at(5, 0, 0, 0) = INT16_MAX;
        weights.at(6, 0, 0, 0) = 1000;
        check_all_kernels(layer, input, weights);
    }
}

TEST_CASE("ranges of output channels add up to the layer") {
    CHECK(test::property_holds("in any order", [] {
        const Layer layer = random_batch();
        const Operands input = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        const int middle = in_range(0, layer.K);
        Psums sums(layer.output_shape());
        const Convolution convolution(layer, input, weights);
        convolution.add_channels(middle, layer.K, sums);
        convolution.add_channels(0, middle, sums);
        RC_ASSERT(sums == convolve(layer, input, weights));
    }));
}
