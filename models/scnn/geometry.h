#pragma once
// Where everything of one layer lies on the PE grid (scnn_facts.md 10.9 rules 1-3, 8, 11; 10.10). Plain C++.
//
// Coordinates: (y, x) input row and column, (yo, xo) output row and column of P x Q. Inputs are cut on the unpadded
// input plane, outputs on the output plane, both by the balanced split; the owner of an output is often not the PE that
// computes it. A stride sy x sx makes sy*sx phases: padded input row y + pad_top = sy * yq + phase_y, kernel row
// kh = sy * kq + phase_y, and then yo = yq - kq exactly; columns alike.
//
// A fully connected layer has C inputs and K neurons on planes of 1 x 1.

#include <cstdint>
#include <string>
#include <vector>

#include "models/pe_array/geometry.h"
#include "models/scnn/parameters.h"

namespace nonzero::scnn {

// One dimension of a PE's part: its input tile, the outputs that the tile reaches (inside the plane, and unclipped as
// the accumulator layout uses them), and the outputs that the PE owns.
struct Span1D {
    Range tile;
    Range reach;      // clipped to the plane; empty when the tile is empty
    int reach_begin;  // first output of the unclipped reach (may be negative)
    Range owned;
};

// Output channels that accumulate side by side (accumulator_banks.h).
inline constexpr int kChannelLanes = 8;

struct Geometry : pe_array::PeArrayGeometry {
    int kc = 0;                 // output channels per group after the accumulator limit; 0: does not fit
    int footprint_rows = 0;     // ah of scnn_facts.md 10.9 rule 2
    int footprint_columns = 0;  // aw
    // Accumulator layout shared by all PEs: unclipped reach, so that products outside the plane land in cells that
    // nobody reads instead of needing a test in the inner loop.
    int layout_rows = 0;
    int layout_columns = 0;
    int channel_stride = 0;       // cells between neighbouring outputs: kc, or more to fit vector registers
    std::vector<Span1D> rows;     // per PE row
    std::vector<Span1D> columns;  // per PE column

    int phases() const { return shape.stride_y * shape.stride_x; }
    const Span1D& row_of(int pe) const { return rows[std::size_t(pe / pe_columns)]; }
    const Span1D& column_of(int pe) const { return columns[std::size_t(pe % pe_columns)]; }
    // Not of fully connected layers, whose PEs have their outputs to themselves.
    int owner(int yo, int xo) const;
    // Largest number of outputs owned by one PE: finalise takes k_count times this (scnn_facts.md 10.9 rule 13).
    int largest_owned() const;
    // Accumulator cell of output channel offset k, output (yo, xo), of the PE whose reach begins at (yb, xb).
    int cell(int k, int yo, int xo, int yb, int xb) const {
        return ((yo - yb) * layout_columns + (xo - xb)) * channel_stride + k;
    }
    int cells() const { return layout_rows * layout_columns * channel_stride; }
};

Geometry make_geometry(const ConvolutionShape& shape, const ScnnParameters& parameters);
// shape: C inputs, K neurons, everything else 1.
Geometry make_fully_connected_geometry(const ConvolutionShape& shape, const ScnnParameters& parameters);

}  // namespace nonzero::scnn
