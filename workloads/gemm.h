#pragma once
// Layers as matrix products Y = A * B (demm_facts.md 10, "Numbers"). A holds the weights of one group of a layer, B
// the im2col matrix of its activations (im2col.h), Y the outputs. A grouped layer is `groups` products one after the
// other, group 0 first. A matrix product on its own is a 1x1 convolution over a K x 1 x P plane: weights, activations
// and outputs of that layer are A, B and Y in the same order.

#include <cstdint>
#include <string>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

// The sizes of one group: A is Mo x K, B is K x P, Y is Mo x P.
struct GemmShape {
    int groups = 1;
    int Mo = 1;  // output channels of a group
    int K = 1;   // weights of a filter; column (kh * KW + kw) * Cin + cin, with Cin the input channels of a group
    int P = 1;   // output positions of the batch; column (image * P + oh) * Q + ow
    std::uint64_t dense_macs() const {
        return std::uint64_t(groups) * std::uint64_t(Mo) * std::uint64_t(K) * std::uint64_t(P);
    }
    friend bool operator==(const GemmShape&, const GemmShape&) = default;
};

// InputError for a layer without weights.
GemmShape gemm_shape(const Layer& layer);

// The layer whose groups have exactly these matrices: a 1x1 convolution of groups * K channels over one row of P.
Layer gemm_layer(const std::string& name, const GemmShape& shape);

// A matmul, or a fully connected layer, as that convolution over the rows of its batch: the same elements in the same
// order. Other layers, and one input of a fully connected layer, as they are.
Layer product_as_convolution(const Layer& layer);

// A of all groups, one below the other: (groups * Mo) x K, row-major, from weights of K x C/groups x KH x KW, and back.
// Tensors of another shape are an InputError naming the layer.
Operands gemm_weights(const Layer& layer, const Operands& weights);
Operands layer_weights(const Layer& layer, const Operands& matrix);

// Y of all groups, (groups * Mo) x P, as the K x P x Q outputs of the layer.
Psums layer_outputs(const Layer& layer, Psums matrix);

}  // namespace nonzero
