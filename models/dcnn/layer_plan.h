#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

#include <optional>

#include "models/common/pooling_plan.h"
#include "models/common/post_processing.h"
#include "models/dcnn/geometry.h"

namespace nonzero::dcnn {

struct LayerPlan {
    LayerPlan(const ConvolutionShape& shape, const DcnnParameters& parameters)
        : geometry(make_geometry(shape, parameters)), operand_limit(1 << (parameters.operand_bits - 1)) {}

    Geometry geometry;
    int operand_limit;  // operands are in [-limit, limit)
    bool holds(std::int16_t operand) const { return operand >= -operand_limit && operand < operand_limit; }

    bool count_only = false;  // cycles and counters without values
    bool raw64 = true;        // outputs are the accumulators
    PostProcessor post_processor;
    std::optional<PoolingPlan> pooling;  // of stored outputs
    // The part of the plane of results, pooled or not, that a PE puts out.
    Range output_rows(int pe) const { return pooling ? pooling->pooled_rows(pe) : geometry.row_of(pe).outputs; }
    Range output_columns(int pe) const {
        return pooling ? pooling->pooled_columns(pe) : geometry.column_of(pe).outputs;
    }
    int plane_rows() const { return pooling ? pooling->rows().pooled_size() : geometry.shape.P; }
    int plane_columns() const { return pooling ? pooling->columns().pooled_size() : geometry.shape.Q; }
};

}  // namespace nonzero::dcnn
