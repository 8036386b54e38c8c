#pragma once
// What each PE of the dense machine computes, and which inputs it holds for that (scnn_facts.md 2.4, 10.9 rule 1).
// Plain C++. A convolution's output plane is cut by the balanced split; a PE holds the inputs that its outputs need,
// halos included. Of a fully connected layer every PE holds the whole input and owns a part of the neurons (10.4).

#include <cstdint>
#include <vector>

#include "models/dcnn/parameters.h"
#include "models/pe_array/geometry.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::dcnn {

// One dimension of a PE's part.
struct Span1D {
    Range outputs;
    Range inputs;          // that the outputs need, inside the plane
    int padding_before{};  // needed positions in front of the plane
    int padding_after{};   // and behind it
    int needed() const { return padding_before + inputs.size() + padding_after; }
};

struct Geometry : pe_array::PeArrayGeometry {
    std::vector<Span1D> rows;     // per PE row
    std::vector<Span1D> columns;  // per PE column

    const Span1D& row_of(int pe) const { return rows[std::size_t(fully_connected ? 0 : pe / pe_columns)]; }
    const Span1D& column_of(int pe) const { return columns[std::size_t(fully_connected ? 0 : pe % pe_columns)]; }
    // Products of one output.
    std::uint64_t taps() const {
        return std::uint64_t(channels_per_convolution_group()) * std::uint64_t(shape.KH) * std::uint64_t(shape.KW);
    }
    // Outputs of one channel that the PE owns.
    std::uint64_t outputs(int pe) const {
        return std::uint64_t(row_of(pe).outputs.size()) * std::uint64_t(column_of(pe).outputs.size());
    }
    // Inputs that the PE holds.
    std::uint64_t held_inputs(int pe) const {
        return std::uint64_t(shape.C) * std::uint64_t(row_of(pe).inputs.size()) *
               std::uint64_t(column_of(pe).inputs.size());
    }
    // Products of the PE that has most of them (scnn_facts.md 10.7 without rounding up).
    std::uint64_t largest_products() const;
};

Geometry make_geometry(const ConvolutionShape& shape, const DcnnParameters& parameters);

// The weights of some output channels or neurons.
SeriesShape weight_shape(const Geometry& geometry, std::size_t rows);

}  // namespace nonzero::dcnn
