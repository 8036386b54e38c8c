#include "workloads/tensor_source.h"

#include <catch2/catch.hpp>

#include "tests/common/temporary_directory.h"
#include "tests/workloads/small_graph.h"
#include "workloads/error.h"

using namespace nonzero;

namespace {

Layer layer_of(int channels) {
    Layer layer;
    layer.name = "conv";
    layer.C = channels;
    layer.H = layer.W = 9;
    layer.K = 6;
    layer.KH = layer.KW = 3;
    return layer;
}

bool fits(const Operands& tensor, int bits) {
    const int limit = 1 << (bits - 1);
    return std::all_of(tensor.data.begin(), tensor.data.end(),
                       [&](std::int16_t value) { return value >= -limit && value < limit; });
}

}  // namespace

TEST_CASE("generated tensors have the densities asked for and fit the width") {
    const Layer layer = layer_of(16);
    GeneratedTensors source{SparsityPattern::uniform, 7, 0.25, 0.75, {}, 16};
    const LayerTensors wide = tensors_of(layer, source);
    CHECK(wide.weights == generate_weights(layer, 0.25, SparsityPattern::uniform, 7));
    CHECK(wide.input == generate_activations(layer, 0.75, SparsityPattern::uniform, 7));
    CHECK(wide.bias.empty());
    CHECK_FALSE(fits(wide.input, 6));
    source.operand_bits = 6;
    const LayerTensors narrow = tensors_of(layer, source);
    CHECK(fits(narrow.input, 6));
    CHECK(fits(narrow.weights, 6));
    CHECK(density(narrow.input) == density(wide.input));
    source.weight_density = 2;
    CHECK_THROWS_AS(tensors_of(layer, source), InputError);
}

TEST_CASE("hashed tensors are those of the pattern") {
    const Layer layer = layer_of(16);
    const HashedTensors source{3, NmPattern{2, 4}, 16};
    const LayerTensors tensors = tensors_of(layer, source);
    CHECK(tensors.weights == hashed_weights(layer, 3, NmPattern{2, 4}));
    CHECK(tensors.input == hashed_activations(layer, 3));
    CHECK(tensors.bias.empty());
}

TEST_CASE("stored tensors are the data set's, and others may take their densities") {
    const test::TemporaryDirectory directory;
    test::write_small_graph(directory.file("net"));
    const RealNetwork network = RealNetwork::open(directory.file("net"));
    const RealLayer& real = network.layers()[2];
    const StoredTensors stored{&network, &real, "cat"};
    const LayerTensors tensors = tensors_of(real.layer, stored);
    CHECK(tensors.weights == network.load(real).weights);
    CHECK(tensors.bias.size() == 4);
    const LayerTensors generated =
        tensors_of(real.layer, GeneratedTensors{SparsityPattern::uniform, 1, 0, 0, stored, 16});
    CHECK(generated.weights == generate_weights(real.layer, density(tensors.weights), SparsityPattern::uniform, 1));
    CHECK(generated.input == generate_activations(real.layer, density(tensors.input), SparsityPattern::uniform, 1));
}
