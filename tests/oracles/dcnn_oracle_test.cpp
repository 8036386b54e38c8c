// The oracle of the dense machines against numbers worked out by hand, the reference and the totals of
// scnn_facts.md 4.1.

#include "tests/oracles/dcnn_oracle.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/common/random_layers.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("a small dense layer by hand") {
    // 5x5 inputs, 3x3 kernel, padding 1, two channels in, three out; two rows of PEs own 2 and 3 rows of outputs.
    Layer layer;
    layer.C = 2;
    layer.K = 3;
    layer.H = layer.W = 5;
    layer.KH = layer.KW = 3;
    layer.pad = {1, 1, 1, 1};
    Operands input(layer.input_shape());
    Operands weights(layer.weight_shape());
    input.data.assign(input.size(), 2);
    weights.data.assign(weights.size(), 3);
    weights.data[0] = 0;  // k 0, channel 0, the tap in the corner
    const auto result = oracle::simulate_dcnn(layer, input, weights, {2, 1, 16, 8});
    CHECK(result.layer_cycles == 15 * 3 * 2);  // 18 products are two slots
    CHECK(result.tile_macs == 15 * 3 * 18);
    CHECK(result.busy == 25 * 3 * 2);
    CHECK(result.barrier == 5 * 3 * 2);
    CHECK(result.products == 25 * 3 * 18);
    CHECK(result.partial == 25 * 3 * 14);
    // Inside the plane: 13 * 13 of 15 * 15 positions and taps.
    CHECK(result.padding == (225 - 169) * 2 * 3);
    CHECK(result.zero_operand == 4 * 4);
    CHECK(result.useful == 169 * 2 * 3 - 16);
    CHECK(result.activation_vectors == 25 * 2);
    CHECK(result.output.at(1, 2, 2) == 18 * 6);
    CHECK(result.output.at(0, 2, 2) == 17 * 6);
    CHECK(result.output.at(1, 0, 0) == 8 * 6);
}

TEST_CASE("neurons by hand") {
    Layer layer;
    layer.kind = LayerKind::fully_connected;
    layer.C = 20;
    layer.K = 7;
    Operands input(layer.input_shape());
    Operands weights(layer.weight_shape());
    input.data.assign(20, 1);
    input.data[3] = 0;
    weights.data.assign(140, 1);
    const auto result = oracle::simulate_dcnn(layer, input, weights, {1, 3, 16, 2});  // 2, 2 and 3 neurons
    CHECK(result.layer_cycles == 3 * 2);
    CHECK(result.tile_macs == 60);
    CHECK(result.busy == 7 * 2);
    CHECK(result.barrier == 2 * 2);
    CHECK(result.useful == 7 * 19);
    CHECK(result.activation_vectors == 2 * 4);
}

TEST_CASE("the oracle computes convolutions and its counts close") {
    std::mt19937_64 random(3);
    for (int n = 0; n < 60; ++n) {
        const RandomLayer test = random_convolution(random, n);
        const oracle::DcnnConfig config{1 + n % 5, 1 + n % 4, 1 + n % 20, 1 + n % 9};
        const auto result = oracle::simulate_dcnn(test.layer, test.input, test.weights, config);
        INFO("layer " << n);
        CHECK(result.output == convolve(test.layer, test.input, test.weights));
        CHECK(result.products == test.layer.dense_macs());
        CHECK(result.useful == useful_products(test.layer, test.input, test.weights));
        CHECK(result.products == result.useful + result.zero_operand + result.padding);
        CHECK(result.products + result.partial == std::uint64_t(config.multipliers) * result.busy);
        CHECK(result.busy + result.barrier == std::uint64_t(config.pe_rows * config.pe_columns) * result.layer_cycles);
    }
}
