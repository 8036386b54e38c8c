#pragma once
// Random convolutions and machines for the properties of the SCNN kernels.

#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/scnn/geometry.h"
#include "models/scnn/parameters.h"
#include "workloads/tensor.h"

namespace nonzero::scnn {

inline int in_range(int low, int high) {
    return *rc::gen::inRange(low, high + 1);
}

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

inline ScnnParameters random_machine() {
    ScnnParameters parameters;
    parameters.pe_rows = in_range(1, 8);
    parameters.pe_columns = in_range(1, 8);
    parameters.f = in_range(1, 6);
    parameters.i = in_range(1, 6);
    parameters.kc = in_range(1, 16);
    parameters.accumulator_banks = *rc::gen::element(1, 8, 32, 32, 45, 70);
    parameters.accumulator_entries = *rc::gen::element(16, 256, 1024);
    parameters.queue_depth = in_range(1, 9);
    parameters.bank_hash = *rc::gen::element(BankHash::h1, BankHash::h2, BankHash::h3, BankHash::h4);
    parameters.crossbar_write = *rc::gen::element(CrossbarWrite::multiple, CrossbarWrite::single);
    parameters.placeholders = *rc::gen::arbitrary<bool>();
    return parameters;
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

}  // namespace nonzero::scnn
