#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

#include "models/dcnn/geometry.h"
#include "models/pe_array/layer_plan.h"

namespace nonzero::dcnn {

struct LayerPlan : pe_array::PeArrayPlan {
    LayerPlan(const ConvolutionShape& shape, const DcnnParameters& parameters)
        : pe_array::PeArrayPlan(parameters), geometry(make_geometry(shape, parameters)) {}
    const pe_array::PeArrayGeometry& array() const override { return geometry; }

    Geometry geometry;
    // The part of the plane of results, pooled or not, that a PE puts out.
    Range output_rows(int pe) const { return pooling ? pooling->pooled_rows(pe) : geometry.row_of(pe).outputs; }
    Range output_columns(int pe) const {
        return pooling ? pooling->pooled_columns(pe) : geometry.column_of(pe).outputs;
    }
    int plane_rows() const { return pooling ? pooling->rows().pooled_size() : geometry.shape.P; }
    int plane_columns() const { return pooling ? pooling->columns().pooled_size() : geometry.shape.Q; }
};

}  // namespace nonzero::dcnn
