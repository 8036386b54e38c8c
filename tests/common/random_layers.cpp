#include "tests/common/random_layers.h"

#include <algorithm>
#include <utility>

namespace nonzero::test {

Operands random_operands(std::mt19937_64& random, std::vector<std::size_t> shape, double density, int magnitude) {
    Operands tensor(std::move(shape));
    std::uniform_real_distribution<double> chance(0.0, 1.0);
    std::uniform_int_distribution<int> value(-magnitude, magnitude);
    for (std::int16_t& element : tensor.data) {
        element = chance(random) < density ? std::int16_t(value(random)) : std::int16_t(0);
    }
    return tensor;
}

Layer square_convolution(const std::string& name, int C, int K, int plane, int kernel) {
    Layer layer;
    layer.name = name;
    layer.C = C;
    layer.K = K;
    layer.H = layer.W = plane;
    layer.KH = layer.KW = kernel;
    layer.pad = {kernel / 2, kernel / 2, kernel / 2, kernel / 2};
    return layer;
}

RandomLayer random_convolution(std::mt19937_64& random, int number) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    RandomLayer result;
    Layer& layer = result.layer;
    layer.name = "random_" + std::to_string(number);
    const bool depthwise = pick(0, 7) == 0;
    const int groups = depthwise ? pick(1, 6) : (pick(0, 3) == 0 ? 2 : 1);
    layer.kind = depthwise ? LayerKind::depthwise : LayerKind::convolution;
    layer.groups = groups;
    layer.C = depthwise ? groups : groups * pick(1, 4);
    layer.K = depthwise ? groups : groups * pick(1, 14);
    layer.KH = pick(1, 5);
    layer.KW = pick(0, 2) == 0 ? pick(1, 5) : layer.KH;
    layer.stride_y = pick(0, 2) == 0 ? pick(1, 4) : 1;
    layer.stride_x = pick(0, 3) == 0 ? pick(1, 4) : layer.stride_y;
    layer.pad = {pick(0, layer.KH - 1), pick(0, layer.KW - 1), pick(0, layer.KH - 1), pick(0, layer.KW - 1)};
    layer.H = pick(std::max(1, layer.KH - layer.pad.top - layer.pad.bottom), 20);
    layer.W = pick(std::max(1, layer.KW - layer.pad.left - layer.pad.right), 20);
    const double densities[] = {0.0, 0.03, 0.1, 0.35, 0.7, 1.0};
    result.input = random_operands(random, layer.input_shape(), densities[pick(0, 5)], pick(0, 1) == 0 ? 100 : 32000);
    result.weights =
        random_operands(random, layer.weight_shape(), densities[pick(0, 5)], pick(0, 1) == 0 ? 100 : 32000);
    return result;
}

RandomLayer random_fully_connected(std::mt19937_64& random, int number) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    RandomLayer result;
    Layer& layer = result.layer;
    layer.name = "neurons_" + std::to_string(number);
    // A 1x1 convolution on a 1x1 plane is the same layer under another name.
    layer.kind = pick(0, 2) == 0 ? LayerKind::convolution : LayerKind::fully_connected;
    layer.C = pick(0, 4) == 0 ? pick(1, 3) : pick(1, 200);
    layer.K = pick(0, 4) == 0 ? pick(1, 3) : pick(1, 500);
    const double densities[] = {0.0, 0.03, 0.1, 0.35, 0.7, 1.0};
    result.input = random_operands(random, layer.input_shape(), densities[pick(0, 5)], pick(0, 1) == 0 ? 100 : 32000);
    result.weights =
        random_operands(random, layer.weight_shape(), densities[pick(0, 5)], pick(0, 1) == 0 ? 100 : 32000);
    return result;
}

}  // namespace nonzero::test
