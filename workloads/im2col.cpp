#include "workloads/im2col.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/error.h"
#include "workloads/output_range.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

void copy_strided(const std::int16_t* from, int stride, std::int16_t* begin, std::int16_t* end) {
    if (stride == 1) {
        std::copy(from, from + (end - begin), begin);
        return;
    }
    for (std::ptrdiff_t i = 0; i < end - begin; ++i) {
        begin[i] = from[i * stride];
    }
}

}  // namespace

Im2col::Im2col(const Layer& layer, std::span<const std::int16_t> activations)
    : layer_(layer), activations_(activations), shape_(gemm_shape(layer)), output_columns_(layer.Q()) {
    const std::vector<std::size_t> shape = layer.input_shape();
    const std::size_t expected = shape[0] * shape[1] * shape[2];
    if (activations.size() != expected) {
        throw InputError(fmt::format("layer {}: {} activations for an input of {}; give {}", quoted_name(layer.name),
                                     activations.size(), fmt::join(shape, "x"), expected));
    }
}

std::int16_t Im2col::at(int group, int k, int p) const {
    std::int16_t value = 0;
    copy_row(group, k, p, {&value, 1});
    return value;
}

void Im2col::copy_row(int group, int k, int p_begin, std::span<std::int16_t> out) const {
    const int channels = layer_.C / layer_.groups;
    const int channel = group * channels + k % channels;
    const int tap = k / channels;
    const int row_offset = tap / layer_.KW * layer_.dilation_y - layer_.pad.top;
    const int column_offset = tap % layer_.KW * layer_.dilation_x - layer_.pad.left;
    const OutputRange inside = outputs_inside(column_offset, layer_.stride_x, layer_.W, output_columns_);
    const int rows = layer_.P();
    const std::size_t plane = std::size_t(layer_.H) * std::size_t(layer_.W);

    // One output row, or the part of it that is asked for, after the other.
    const int p_end = p_begin + static_cast<int>(out.size());
    std::int16_t* to = out.data();
    for (int p = p_begin; p < p_end;) {
        const int oh = p / output_columns_ % rows;
        const int image = p / output_columns_ / rows;
        const int first = p % output_columns_;
        const int last = std::min(output_columns_, first + p_end - p);
        const int y = oh * layer_.stride_y + row_offset;
        const bool row_inside = y >= 0 && y < layer_.H;
        const int begin = row_inside ? std::clamp(inside.begin, first, last) : last;
        const int end = row_inside ? std::clamp(inside.end, begin, last) : last;
        std::fill(to, to + (begin - first), std::int16_t{0});
        if (begin < end) {
            const std::int16_t* from =
                activations_.data() + (std::size_t(channel) * std::size_t(layer_.batch) + std::size_t(image)) * plane +
                std::ptrdiff_t(y) * layer_.W + std::ptrdiff_t(begin) * layer_.stride_x + column_offset;
            copy_strided(from, layer_.stride_x, to + (begin - first), to + (end - first));
        }
        std::fill(to + (end - first), to + (last - first), std::int16_t{0});
        to += last - first;
        p += last - first;
    }
}

void Im2col::copy_tile(int group, int k_begin, int k_end, int p_begin, int p_end, std::int16_t* out,
                       std::size_t row_stride) const {
    for (int k = k_begin; k < k_end; ++k) {
        copy_row(group, k, p_begin, {out + std::size_t(k - k_begin) * row_stride, std::size_t(p_end - p_begin)});
    }
}

}  // namespace nonzero
