#include "models/scnn/geometry.h"

#include <algorithm>

namespace nonzero::scnn {

namespace {

int floor_div(int a, int b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

int ceil_div(int a, int b) {
    return -floor_div(-a, b);
}

std::vector<Span1D> make_spans(int n, int outputs, int kernel, int stride, int pad, int parts) {
    std::vector<Span1D> spans;
    for (int part = 0; part < parts; ++part) {
        Span1D span{balanced_part(n, parts, part), {}, 0, balanced_part(outputs, parts, part)};
        if (!span.tile.empty()) {
            span.reach_begin = ceil_div(span.tile.begin + pad - kernel + 1, stride);
            const int last = floor_div(span.tile.end - 1 + pad, stride);
            span.reach = {std::max(0, span.reach_begin), std::min(outputs - 1, last) + 1};
            if (span.reach.empty()) {
                span.reach = {};
            }
        }
        spans.push_back(span);
    }
    return spans;
}

// Outputs that the widest tile reaches when nothing is clipped.
int layout_extent(const std::vector<Span1D>& spans, int stride, int pad) {
    int extent = 0;
    for (const Span1D& span : spans) {
        if (!span.tile.empty()) {
            extent = std::max(extent, floor_div(span.tile.end - 1 + pad, stride) - span.reach_begin + 1);
        }
    }
    return std::max(extent, 1);
}

// Output channels of a group, out of `channels` (scnn_facts.md 10.9 rule 2); 0 where they do not fit.
int group_size(std::int64_t footprint, int channels, const ScnnParameters& parameters) {
    const int wanted = std::min(parameters.kc, channels);
    const auto kc = int(std::min<std::int64_t>(wanted, parameters.accumulator_entries / footprint));
    return parameters.accumulator_overflow == AccumulatorOverflow::refuse && kc < wanted ? 0 : kc;
}

int channel_stride(int kc) {
    return kc >= kChannelLanes / 2 ? (kc + kChannelLanes - 1) / kChannelLanes * kChannelLanes : kc;
}

}  // namespace

Geometry make_geometry(const ConvolutionShape& shape, const ScnnParameters& parameters) {
    Geometry geometry;
    geometry.shape = shape;
    geometry.pe_rows = parameters.pe_rows;
    geometry.pe_columns = parameters.pe_columns;
    geometry.rows = make_spans(shape.H, shape.P, shape.KH, shape.stride_y, shape.pad_top, parameters.pe_rows);
    geometry.columns = make_spans(shape.W, shape.Q, shape.KW, shape.stride_x, shape.pad_left, parameters.pe_columns);

    geometry.footprint_columns =
        std::min(shape.Q, ceil_div(ceil_div(shape.W, parameters.pe_columns) + shape.KW - 1, shape.stride_x));
    geometry.footprint_rows =
        std::min(shape.P, ceil_div(ceil_div(shape.H, parameters.pe_rows) + shape.KH - 1, shape.stride_y));
    geometry.layout_rows = layout_extent(geometry.rows, shape.stride_y, shape.pad_top);
    geometry.layout_columns = layout_extent(geometry.columns, shape.stride_x, shape.pad_left);

    const std::int64_t footprint = std::int64_t(geometry.footprint_rows) * geometry.footprint_columns;
    geometry.kc = group_size(footprint, shape.K / shape.groups, parameters);
    if (geometry.kc == 0) {
        return geometry;
    }
    geometry.channel_stride = channel_stride(geometry.kc);
    geometry.cut_channels(geometry.kc);
    return geometry;
}

Geometry make_fully_connected_geometry(const ConvolutionShape& shape, const ScnnParameters& parameters) {
    Geometry geometry;
    geometry.shape = shape;
    geometry.fully_connected = true;
    geometry.pe_rows = parameters.pe_rows;
    geometry.pe_columns = parameters.pe_columns;
    const Span1D single{{0, 1}, {0, 1}, 0, {0, 1}};
    geometry.rows.assign(std::size_t(parameters.pe_rows), single);
    geometry.columns.assign(std::size_t(parameters.pe_columns), single);
    geometry.footprint_rows = geometry.footprint_columns = 1;
    geometry.layout_rows = geometry.layout_columns = 1;
    geometry.kc = group_size(1, shape.K, parameters);
    if (geometry.kc == 0) {
        return geometry;
    }
    geometry.channel_stride = channel_stride(geometry.kc);
    geometry.cut_channels(geometry.kc);
    return geometry;
}

int Geometry::owner(int yo, int xo) const {
    // Inverse of the balanced split: the part whose range contains the coordinate.
    const auto part_of = [](int value, int n, int parts) {
        int part = int((std::int64_t(value) * parts) / n);
        while (balanced_part(n, parts, part).end <= value) {
            ++part;
        }
        return part;
    };
    return part_of(yo, shape.P, pe_rows) * pe_columns + part_of(xo, shape.Q, pe_columns);
}

int Geometry::largest_owned() const {
    const auto widest = [](const std::vector<Span1D>& spans) {
        int size = 0;
        for (const Span1D& span : spans) {
            size = std::max(size, span.owned.size());
        }
        return size;
    };
    return widest(rows) * widest(columns);
}

}  // namespace nonzero::scnn
