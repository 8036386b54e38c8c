#include "models/dcnn/geometry.h"

#include <algorithm>

namespace nonzero::dcnn {

namespace {

std::vector<Span1D> make_spans(int n, int outputs, int kernel, int stride, int pad, int parts) {
    std::vector<Span1D> spans;
    for (int part = 0; part < parts; ++part) {
        Span1D span;
        span.outputs = balanced_part(outputs, parts, part);
        if (!span.outputs.empty()) {
            const int first = span.outputs.begin * stride - pad;
            const int end = (span.outputs.end - 1) * stride - pad + kernel;
            span.inputs.begin = std::clamp(first, 0, n);
            span.inputs.end = std::clamp(end, 0, n);
            // A kernel that lies in the padding altogether needs no input; all of it counts as in front.
            span.padding_after = span.inputs.empty() ? 0 : end - span.inputs.end;
            span.padding_before = end - first - span.inputs.size() - span.padding_after;
        }
        spans.push_back(span);
    }
    return spans;
}

}  // namespace

Range Geometry::channels(int pe, const ChannelGroup& group) const {
    if (!fully_connected) {
        return {group.k_begin, group.k_begin + group.k_count};
    }
    const Range& own = neurons[std::size_t(pe)];
    const int begin = std::min(own.begin + group.k_begin, own.end);
    return {begin, std::min(begin + group.k_count, own.end)};
}

Range Geometry::channels(int pe) const {
    return fully_connected ? neurons[std::size_t(pe)] : Range{0, shape.K};
}

std::uint64_t Geometry::largest_products() const {
    std::uint64_t most = 0;
    for (int pe = 0; pe < pes(); ++pe) {
        most = std::max(most, outputs(pe) * std::uint64_t(channels(pe).size()) * taps());
    }
    return most;
}

Geometry make_geometry(const ConvolutionShape& shape, const DcnnParameters& parameters) {
    const bool fully_connected = is_fully_connected(shape);
    Geometry geometry;
    geometry.shape = shape;
    geometry.fully_connected = fully_connected;
    geometry.pe_rows = parameters.pe_rows;
    geometry.pe_columns = parameters.pe_columns;
    const int row_parts = fully_connected ? 1 : parameters.pe_rows;
    const int column_parts = fully_connected ? 1 : parameters.pe_columns;
    geometry.rows = make_spans(shape.H, shape.P, shape.KH, shape.stride_y, shape.pad_top, row_parts);
    geometry.columns = make_spans(shape.W, shape.Q, shape.KW, shape.stride_x, shape.pad_left, column_parts);

    int channels = shape.K / shape.groups;  // that are worked in runs of kc
    if (fully_connected) {
        channels = 0;
        for (int pe = 0; pe < geometry.pes(); ++pe) {
            geometry.neurons.push_back(balanced_part(shape.K, geometry.pes(), pe));
            channels = std::max(channels, geometry.neurons.back().size());
        }
    }
    for (int group = 0; group < shape.groups; ++group) {
        for (int k = 0; k < channels; k += parameters.kc) {
            geometry.channel_groups.push_back({group, group * channels + k, std::min(parameters.kc, channels - k)});
        }
    }
    return geometry;
}

bool is_fully_connected(const ConvolutionShape& shape) {
    return shape.H == 1 && shape.W == 1 && shape.KH == 1 && shape.KW == 1 && shape.P == 1 && shape.Q == 1 &&
           shape.pad_top == 0 && shape.pad_left == 0 && shape.groups == 1;
}

}  // namespace nonzero::dcnn
