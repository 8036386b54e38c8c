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

std::uint64_t Geometry::largest_products() const {
    std::uint64_t most = 0;
    for (int pe = 0; pe < pes(); ++pe) {
        most = std::max(most, outputs(pe) * std::uint64_t(channels_of(pe).size()) * taps());
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

    geometry.cut_channels(parameters.kc);
    return geometry;
}

SeriesShape weight_shape(const Geometry& geometry, std::size_t rows) {
    return {{std::size_t(geometry.taps())}, rows};
}

}  // namespace nonzero::dcnn
