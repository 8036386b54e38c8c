#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

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
};

}  // namespace nonzero::dcnn
