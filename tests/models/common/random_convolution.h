#pragma once
// Random convolutions for the properties of kernels and modules.

#include "tests/common/property.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/pe_array/convolution_shape.h"
#include "tests/common/in_range.h"
#include "workloads/tensor.h"

namespace nonzero {

// Extents below the number of PEs, strides above the kernel, padding above the kernel and asymmetric padding included.
inline ConvolutionShape random_shape() {
    ConvolutionShape shape;
    shape.groups = in_range(1, 3);
    shape.C = shape.groups * in_range(1, 2);
    shape.K = shape.groups * in_range(1, 11);
    shape.KH = in_range(1, 5);
    shape.KW = in_range(1, 5);
    shape.stride_y = in_range(1, 4);
    shape.stride_x = in_range(1, 4);
    shape.pad_top = in_range(0, shape.KH);
    shape.pad_left = in_range(0, shape.KW);
    const int pad_bottom = in_range(0, shape.KH);
    const int pad_right = in_range(0, shape.KW);
    shape.H = std::max(1, shape.KH - shape.pad_top - pad_bottom) + in_range(0, 14);
    shape.W = std::max(1, shape.KW - shape.pad_left - pad_right) + in_range(0, 14);
    shape.P = (shape.H + shape.pad_top + pad_bottom - shape.KH) / shape.stride_y + 1;
    shape.Q = (shape.W + shape.pad_left + pad_right - shape.KW) / shape.stride_x + 1;
    return shape;
}

// Zeros with a random density, extremes among the others.
inline std::vector<std::int16_t> random_values(std::size_t size) {
    const int density = *rc::gen::element(0, 5, 40, 100);
    std::vector<std::int16_t> values(size);
    for (std::int16_t& value : values) {
        if (in_range(0, 99) < density) {
            value =
                *rc::gen::weightedOneOf<std::int16_t>({{1, rc::gen::element<std::int16_t>(INT16_MIN, INT16_MAX, -1, 1)},
                                                       {3, rc::gen::inRange<std::int16_t>(INT16_MIN, INT16_MAX)}});
        }
    }
    return values;
}

inline Operands random_operands(std::vector<std::size_t> shape) {
    Operands operands(std::move(shape));
    operands.data = random_values(operands.size());
    return operands;
}

inline Operands random_input(const ConvolutionShape& s) {
    return random_operands({std::size_t(s.C), std::size_t(s.H), std::size_t(s.W)});
}

inline Operands random_weights(const ConvolutionShape& s) {
    return random_operands({std::size_t(s.K), std::size_t(s.C / s.groups), std::size_t(s.KH), std::size_t(s.KW)});
}

}  // namespace nonzero
