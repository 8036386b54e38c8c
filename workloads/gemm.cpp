#include "workloads/gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "workloads/error.h"
#include "workloads/quoted_name.h"
#include "workloads/tensor_shape.h"

namespace nonzero {

namespace {

using Shape = std::vector<std::size_t>;

Shape matrix_shape(const GemmShape& gemm, int columns) {
    return {std::size_t(gemm.groups) * std::size_t(gemm.Mo), std::size_t(columns)};
}

// Calls copy(index in the matrix, index in the weight tensor, count) for weights that are neighbours in both, all of
// them in turn.
template <class Copy>
void for_each_weight(const Layer& layer, Copy copy) {
    const std::size_t channels = std::size_t(layer.C / layer.groups);
    const std::size_t taps = std::size_t(layer.KH) * std::size_t(layer.KW);
    if (taps == 1 || channels == 1) {
        copy(0, 0, std::size_t(layer.K) * channels * taps);
        return;
    }
    for (std::size_t row = 0; row < std::size_t(layer.K); ++row) {
        const std::size_t start = row * channels * taps;
        for (std::size_t channel = 0; channel < channels; ++channel) {
            for (std::size_t tap = 0; tap < taps; ++tap) {
                copy(start + tap * channels + channel, start + channel * taps + tap, std::size_t{1});
            }
        }
    }
}

}  // namespace

GemmShape gemm_shape(const Layer& layer) {
    if (!layer.has_weights()) {
        throw InputError(fmt::format("layer {}: {} has no weights, so it is no matrix product; leave it out",
                                     quoted_name(layer.name), to_string(layer.kind)));
    }
    return {layer.groups, layer.K / layer.groups, layer.C / layer.groups * layer.KH * layer.KW,
            static_cast<int>(layer.positions())};
}

Layer gemm_layer(const std::string& name, const GemmShape& shape) {
    Layer layer;
    layer.name = name;
    layer.groups = shape.groups;
    layer.C = shape.groups * shape.K;
    layer.W = shape.P;
    layer.K = shape.groups * shape.Mo;
    return layer;
}

Layer product_as_convolution(const Layer& layer) {
    if (!layer.is_product() || (layer.kind == LayerKind::fully_connected && layer.batch == 1)) {
        return layer;
    }
    Layer convolution = layer;
    convolution.kind = LayerKind::convolution;
    convolution.H = 1;
    convolution.W = static_cast<int>(layer.positions());
    convolution.batch = 1;
    return convolution;
}

Operands gemm_weights(const Layer& layer, const Operands& weights) {
    check_shape(layer, "weights", weights.shape, layer.weight_shape());
    const GemmShape gemm = gemm_shape(layer);
    Operands matrix(matrix_shape(gemm, gemm.K));
    for_each_weight(layer, [&](std::size_t in_matrix, std::size_t in_tensor, std::size_t count) {
        std::copy_n(weights.data.data() + in_tensor, count, matrix.data.data() + in_matrix);
    });
    return matrix;
}

Operands layer_weights(const Layer& layer, const Operands& matrix) {
    const GemmShape gemm = gemm_shape(layer);
    check_shape(layer, "weights as a matrix", matrix.shape, matrix_shape(gemm, gemm.K));
    Operands weights(layer.weight_shape());
    for_each_weight(layer, [&](std::size_t in_matrix, std::size_t in_tensor, std::size_t count) {
        std::copy_n(matrix.data.data() + in_matrix, count, weights.data.data() + in_tensor);
    });
    return weights;
}

Psums layer_outputs(const Layer& layer, Psums matrix) {
    const GemmShape gemm = gemm_shape(layer);
    check_shape(layer, "outputs as a matrix", matrix.shape, matrix_shape(gemm, gemm.P));
    matrix.shape = layer.output_shape();
    return matrix;
}

}  // namespace nonzero
