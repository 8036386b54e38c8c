#pragma once
// Random small layers with operands for property tests: any stride, dilation, padding and grouping.

#include "tests/common/property.h"

#include <algorithm>

#include "tests/common/in_range.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

inline Layer random_layer() {
    Layer layer;
    layer.name = "random";
    layer.groups = in_range(1, 3);
    layer.C = layer.groups * in_range(1, 3);
    layer.K = layer.groups * in_range(1, 3);
    layer.KH = in_range(1, 4);
    layer.KW = in_range(1, 4);
    layer.stride_y = in_range(1, 3);
    layer.stride_x = in_range(1, 3);
    layer.dilation_y = in_range(1, 3);
    layer.dilation_x = in_range(1, 3);
    layer.pad = {in_range(0, 4), in_range(0, 4), in_range(0, 4), in_range(0, 4)};
    // At least as large as the kernel needs.
    const int rows = layer.dilation_y * (layer.KH - 1) + 1 - layer.pad.top - layer.pad.bottom;
    const int columns = layer.dilation_x * (layer.KW - 1) + 1 - layer.pad.left - layer.pad.right;
    layer.H = std::max(rows, 1) + in_range(0, 6);
    layer.W = std::max(columns, 1) + in_range(0, 6);
    return layer;
}

// Also batches, and matrix products with and without.
inline Layer random_batch() {
    Layer layer = random_layer();
    layer.batch = in_range(1, 3);
    if (in_range(0, 2) == 0) {
        layer.kind = in_range(0, 1) == 0 ? LayerKind::matmul : LayerKind::fully_connected;
        const bool matmul = layer.kind == LayerKind::matmul;
        layer.groups = matmul ? layer.groups : 1;
        layer.H = matmul ? in_range(1, 7) : 1;
        layer.W = layer.KH = layer.KW = 1;
        layer.stride_y = layer.stride_x = layer.dilation_y = layer.dilation_x = 1;
        layer.pad = {};
    }
    return layer;
}

// Zeros, extremes of int16 and everything between.
inline Operands random_operands(std::vector<std::size_t> shape) {
    Operands tensor(std::move(shape));
    const auto element =
        rc::gen::weightedOneOf<std::int16_t>({{5, rc::gen::just<std::int16_t>(0)},
                                              {1, rc::gen::element<std::int16_t>(INT16_MIN, INT16_MAX)},
                                              {4, rc::gen::inRange<std::int16_t>(INT16_MIN, INT16_MAX)}});
    tensor.data = *rc::gen::container<std::vector<std::int16_t>>(tensor.size(), element);
    return tensor;
}

// True with the input position that tap (kh, kw) reads at output (p, q) of an image, false in the padding.
inline bool input_position(const Layer& layer, int p, int q, int kh, int kw, int& y, int& x) {
    y = p * layer.stride_y + kh * layer.dilation_y - layer.pad.top;
    x = q * layer.stride_x + kw * layer.dilation_x - layer.pad.left;
    return y >= 0 && y < layer.H && x >= 0 && x < layer.W;
}

// Calls visit(k, p, q, weight, activation) for every tap inside the plane: the seven loops, without any shortcut.
template <class Visit>
void for_each_product(const Layer& layer, const Operands& input, const Operands& weights, Visit visit) {
    const int channels = layer.C / layer.groups;
    for (int k = 0; k < layer.K; ++k) {
        for (int p = 0; p < layer.batch * layer.P(); ++p) {
            const int image = p / layer.P();
            for (int q = 0; q < layer.Q(); ++q) {
                for (int c = 0; c < channels; ++c) {
                    for (int kh = 0; kh < layer.KH; ++kh) {
                        for (int kw = 0; kw < layer.KW; ++kw) {
                            int y = 0;
                            int x = 0;
                            if (input_position(layer, p % layer.P(), q, kh, kw, y, x)) {
                                const int group = k / (layer.K / layer.groups);
                                visit(std::size_t(k), std::size_t(p), std::size_t(q),
                                      weights.at(std::size_t(k), std::size_t(c), std::size_t(kh), std::size_t(kw)),
                                      input.at(std::size_t(group * channels + c), std::size_t(image * layer.H + y),
                                               std::size_t(x)));
                            }
                        }
                    }
                }
            }
        }
    }
}

}  // namespace nonzero
