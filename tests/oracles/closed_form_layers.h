#pragma once
// The unit layers U1 to U7 and V1 to V6 of phantom_facts.md 9.1 and 9.4: operands by formulas of their places.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::test {

// c counts inside the group.
inline std::int16_t closed_form_weight(int k, int c, int r, int s) {
    const int v = 7 * k + 5 * c + 3 * r + 2 * s + k * c * (r + 1) + c * s;
    if (v % 3 != 0)
        return 0;
    const int value = v % 7 - 3;
    return std::int16_t(value == 0 ? 1 : value);
}
inline std::int16_t closed_form_input(int c, int y, int q) {
    const int u = 3 * c + 5 * y + 7 * q + c * y * q;
    return std::int16_t(u % 4 < 2 ? u % 5 + 1 : 0);
}

struct ClosedFormLayer {
    Layer layer;
    Operands input;
    Operands weights;
};

inline Operands closed_form_inputs(const Layer& layer) {
    Operands input(layer.input_shape());
    std::size_t i = 0;
    for (int c = 0; c < layer.C; ++c)
        for (int y = 0; y < layer.H; ++y)
            for (int q = 0; q < layer.W; ++q)
                input.data[i++] = closed_form_input(c, y, q);
    return input;
}
inline Operands closed_form_weights(const Layer& layer) {
    Operands weights(layer.weight_shape());
    std::size_t i = 0;
    for (int k = 0; k < layer.K; ++k)
        for (int c = 0; c < layer.C / layer.groups; ++c)
            for (int r = 0; r < layer.KH; ++r)
                for (int s = 0; s < layer.KW; ++s)
                    weights.data[i++] = closed_form_weight(k, c, r, s);
    return weights;
}

// "U1" .. "U7", "V1" .. "V6".
inline ClosedFormLayer closed_form_layer(const std::string& name) {
    struct Shape {
        const char* name;
        int kernel, K, C, plane, stride, pad, groups;
    };
    static const std::vector<Shape> shapes = {
        {"U1", 3, 6, 5, 9, 1, 1, 1},     {"U2", 3, 6, 5, 9, 2, 1, 1},    {"U3", 5, 6, 5, 9, 1, 2, 1},
        {"U4", 3, 6, 6, 9, 1, 1, 6},     {"U5", 1, 6, 20, 5, 1, 0, 1},   {"U6", 1, 40, 20, 1, 1, 0, 1},
        {"U7", 3, 8, 6, 9, 1, 1, 2},     {"V1", 3, 80, 40, 9, 1, 1, 1},  {"V2", 1, 100, 300, 6, 1, 0, 1},
        {"V3", 1, 300, 320, 1, 1, 0, 1}, {"V4", 3, 40, 40, 9, 1, 1, 40}, {"V5", 7, 24, 3, 21, 2, 3, 1},
        {"V6", 3, 96, 48, 8, 2, 1, 2}};
    for (const Shape& shape : shapes) {
        if (name != shape.name)
            continue;
        ClosedFormLayer result;
        Layer& layer = result.layer;
        layer.name = name;
        layer.K = shape.K;
        layer.C = shape.C;
        layer.H = layer.W = shape.plane;
        layer.KH = layer.KW = shape.kernel;
        layer.stride_y = layer.stride_x = shape.stride;
        layer.pad = {shape.pad, shape.pad, shape.pad, shape.pad};
        layer.groups = shape.groups;
        if (shape.groups == shape.C)
            layer.kind = LayerKind::depthwise;
        result.input = closed_form_inputs(layer);
        result.weights = closed_form_weights(layer);
        return result;
    }
    throw std::invalid_argument("no closed-form layer " + name);
}

}  // namespace nonzero::test
