#include "lowering/operand_counts.h"

#include "workloads/operand_scan.h"
#include "workloads/output_range.h"
#include "workloads/vector_clones.h"

namespace nonzero::gemm {

namespace {

NONZERO_VECTOR_CLONES void add_non_zeros(const std::int16_t* __restrict row, std::size_t columns,
                                         std::uint32_t* __restrict counts) {
    for (std::size_t n = 0; n < columns; ++n) {
        counts[n] += row[n] != 0 ? 1U : 0U;
    }
}

std::uint32_t non_zeros_of(const std::int16_t* values, int count, int stride) {
    if (stride == 1) {
        return std::uint32_t(count_non_zeros({values, std::size_t(count)}));
    }
    std::uint32_t non_zeros = 0;
    for (int n = 0; n < count; ++n) {
        non_zeros += values[std::ptrdiff_t(n) * stride] != 0 ? 1U : 0U;
    }
    return non_zeros;
}

// Of the part of a channel's plane that one tap of the kernel meets.
std::uint32_t count_tap(const Layer& layer, const std::int16_t* plane, int kh, int kw) {
    const int row_offset = kh * layer.dilation_y - layer.pad.top;
    const int column_offset = kw * layer.dilation_x - layer.pad.left;
    const OutputRange rows = outputs_inside(row_offset, layer.stride_y, layer.H, layer.P());
    const OutputRange columns = outputs_inside(column_offset, layer.stride_x, layer.W, layer.Q());
    if (columns.begin == columns.end) {
        return 0;
    }
    std::uint32_t non_zeros = 0;
    for (int oh = rows.begin; oh < rows.end; ++oh) {
        const std::ptrdiff_t y = oh * layer.stride_y + row_offset;
        const std::ptrdiff_t x = columns.begin * layer.stride_x + column_offset;
        non_zeros += non_zeros_of(plane + y * layer.W + x, columns.end - columns.begin, layer.stride_x);
    }
    return non_zeros;
}

}  // namespace

std::vector<std::uint32_t> count_activations(const Layer& layer, const Operands& activations) {
    std::vector<std::uint32_t> counts;
    const int channels = layer.C / layer.groups;
    const std::size_t plane = std::size_t(layer.H) * std::size_t(layer.W);
    for (int group = 0; group < layer.groups; ++group) {
        for (int kh = 0; kh < layer.KH; ++kh) {
            for (int kw = 0; kw < layer.KW; ++kw) {
                for (int channel = group * channels; channel < (group + 1) * channels; ++channel) {
                    counts.push_back(count_tap(layer, activations.data.data() + std::size_t(channel) * plane, kh, kw));
                }
            }
        }
    }
    return counts;
}

std::vector<std::uint32_t> count_weights(const GemmShape& shape, const Operands& matrix) {
    const auto columns = std::size_t(shape.K);
    std::vector<std::uint32_t> counts(std::size_t(shape.groups) * columns);
    for (std::size_t group = 0; group < std::size_t(shape.groups); ++group) {
        for (std::size_t row = 0; row < std::size_t(shape.Mo); ++row) {
            add_non_zeros(matrix.data.data() + (group * std::size_t(shape.Mo) + row) * columns, columns,
                          counts.data() + group * columns);
        }
    }
    return counts;
}

}  // namespace nonzero::gemm
