#include "models/dcnn/input_tile.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

// Of the taps along one dimension, those inside the plane, summed over the outputs.
std::uint64_t taps_inside(const Span1D& span, int n, int kernel, int stride, int pad) {
    std::uint64_t inside = 0;
    for (int output = span.outputs.begin; output < span.outputs.end; ++output) {
        const int first = output * stride - pad;
        inside += std::uint64_t(std::max(0, std::min(first + kernel, n) - std::max(first, 0)));
    }
    return inside;
}

NONZERO_VECTOR_CLONES
void add_non_zeros(const std::int16_t* values, std::size_t count, std::uint32_t* counts) {
    for (std::size_t n = 0; n < count; ++n) {
        counts[n] += values[n] != 0 ? 1 : 0;
    }
}

}  // namespace

void InputTile::assign(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs) {
    const ConvolutionShape& shape = geometry.shape;
    const Span1D& rows = geometry.row_of(pe);
    const Span1D& columns = geometry.column_of(pe);
    output_rows_ = rows.outputs.size();
    output_columns_ = columns.outputs.size();
    stride_y_ = shape.stride_y;
    stride_x_ = shape.stride_x;
    kernel_rows_ = shape.KH;
    channels_ = std::size_t(geometry.channels_per_convolution_group());
    run_ = std::size_t(shape.KW) * channels_;
    rows_ = rows.needed();
    columns_ = columns.needed();
    lay_out(geometry, pe, inputs);
    count(shape.groups);
    const std::uint64_t inside = taps_inside(rows, shape.H, shape.KH, shape.stride_y, shape.pad_top) *
                                 taps_inside(columns, shape.W, shape.KW, shape.stride_x, shape.pad_left);
    padding_taps_ = outputs() * geometry.taps() - inside * channels_;
}

void InputTile::lay_out(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs) {
    const Span1D& rows = geometry.row_of(pe);
    const Span1D& columns = geometry.column_of(pe);
    const int groups = geometry.shape.groups;
    values_.assign(std::size_t(groups) * std::size_t(rows_) * std::size_t(columns_) * channels_, 0);
    if (values_.empty()) {
        return;
    }
    const std::int16_t* from = inputs.data();
    for (int group = 0; group < groups; ++group) {
        for (std::size_t channel = 0; channel < channels_; ++channel) {
            for (int row = 0; row < rows.inputs.size(); ++row) {
                auto* to = const_cast<std::int16_t*>(piece(group, rows.padding_before + row, columns.padding_before)) +
                           channel;
                for (int column = 0; column < columns.inputs.size(); ++column, to += channels_) {
                    *to = *from++;
                }
            }
        }
    }
}

void InputTile::count(int convolution_groups) {
    non_zeros_.assign(std::size_t(convolution_groups) * taps(), 0);
    for (int group = 0; group < convolution_groups; ++group) {
        for (int row = 0; row < output_rows_; ++row) {
            for (int kernel_row = 0; kernel_row < kernel_rows_; ++kernel_row) {
                std::uint32_t* const counts =
                    non_zeros_.data() +
                    (std::size_t(group) * std::size_t(kernel_rows_) + std::size_t(kernel_row)) * run_;
                for (int column = 0; column < output_columns_; ++column) {
                    add_non_zeros(piece(group, row * stride_y_ + kernel_row, column * stride_x_), run_, counts);
                }
            }
        }
    }
}

void InputTile::patch(int convolution_group, std::size_t output, std::int16_t* to) const {
    const int row = int(output / std::size_t(output_columns_));
    const int column = int(output % std::size_t(output_columns_));
    for (int kernel_row = 0; kernel_row < kernel_rows_; ++kernel_row, to += run_) {
        std::copy_n(piece(convolution_group, row * stride_y_ + kernel_row, column * stride_x_), run_, to);
    }
}

}  // namespace nonzero::dcnn
