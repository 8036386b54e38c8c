// The oracles of SparTen, Eyeriss v2 and the dense machines: closed-form layers of phantom_facts.md 9.8, and by hand.
#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/comparison_oracles_check.h"
#include "workloads/network.h"
#include "workloads/reference.h"

namespace {

using namespace nonzero;
using namespace nonzero::oracle;
using test::closed_form_layer;
using test::ClosedFormLayer;

}  // namespace

TEST_CASE("closed-form layers on SparTen") {
    for (const test::ComparisonRow& row : test::kClosedFormRows) {
        INFO(row.layer);
        const ClosedFormLayer l = closed_form_layer(row.layer);
        test::check_sparten(row, l.layer, l.input, l.weights, convolve(l.layer, l.input, l.weights));
    }
}
TEST_CASE("closed-form layers on Eyeriss v2") {
    for (const test::ComparisonRow& row : test::kClosedFormRows) {
        INFO(row.layer);
        const ClosedFormLayer l = closed_form_layer(row.layer);
        test::check_eyeriss_v2(row, l.layer, l.input, l.weights, convolve(l.layer, l.input, l.weights));
    }
}
TEST_CASE("closed-form layers on the dense machines") {
    for (const test::ComparisonRow& row : test::kClosedFormRows) {
        INFO(row.layer);
        test::check_dense(row, closed_form_layer(row.layer).layer);
    }
}

TEST_CASE("two chunks on a pair of SparTen's units by hand") {
    // Two filters of four inputs, one output; chunks of two.
    Layer layer;
    layer.C = 4;
    layer.K = 2;
    Operands input(layer.input_shape());
    input.data = {1, 1, 0, 1};
    Operands weights(layer.weight_shape());
    weights.data = {2, 3, 4, 0, 5, 0, 6, 7};
    SpartenConfig config;
    config.clusters = 1;
    config.units = 2;
    config.chunk_positions = 2;
    config.balancing = SpartenConfig::none;
    const SpartenResult chunk = simulate_sparten(layer, input, weights, config);
    CHECK(chunk.cycles == 2 + 1);  // matches 2 and 1, then 0 and 1
    CHECK(chunk.products == 4);
    CHECK(chunk.empty == 1);
    CHECK(chunk.barrier == 1);
    CHECK(chunk.output.data == std::vector<std::int64_t>{5, 12});
    config.barrier = SpartenConfig::cell;
    CHECK(simulate_sparten(layer, input, weights, config).cycles == 2 + 1);
    config.units = 1;
    config.balancing = SpartenConfig::gb_h;  // both filters on one unit
    const SpartenResult one = simulate_sparten(layer, input, weights, config);
    CHECK(one.cycles == 5);
    CHECK(one.barrier == 0);
    CHECK(attribution_closes(one, config));
}

// 9.6 rule 7.
TEST_CASE("Eyeriss v2 makes the products of every non-zero input with its channel's weights") {
    const ClosedFormLayer l = closed_form_layer("V2");
    std::uint64_t products = 0;
    for (int c = 0; c < l.layer.C; ++c) {
        std::uint64_t inputs = 0;
        std::uint64_t weights = 0;
        for (int i = 0; i < l.layer.H * l.layer.W; ++i)
            inputs += l.input.data[std::size_t(c * l.layer.H * l.layer.W + i)] != 0;
        for (int k = 0; k < l.layer.K; ++k)
            weights += l.weights.at(std::size_t(k), std::size_t(c), 0, 0) != 0;
        products += inputs * weights;
    }
    CHECK(simulate_eyeriss_v2(l.layer, l.input, l.weights, {}).products == products);
}

TEST_CASE("VGG-16's convolutions on the dense machines") {
    std::uint64_t ideal = 0;
    std::uint64_t neuromax = 0;
    const Network vgg16 = load_network("vgg16");
    for (const Layer* const layer : vgg16.weighted_layers()) {
        if (layer->kind != LayerKind::convolution)
            continue;
        ideal += ideal_cycles(*layer, 252);
        neuromax += neuromax_cycles(*layer);
    }
    CHECK(ideal == 60'899'328);
    CHECK(neuromax == 51'632'448);
}
