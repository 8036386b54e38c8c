#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

#include <cstdint>
#include <optional>
#include <vector>

#include "models/common/pooling_plan.h"
#include "models/common/post_processing.h"
#include "models/scnn/bank_hash.h"
#include "models/scnn/geometry.h"
#include "models/scnn/place_classes.h"
#include "workloads/formats/operand_block.h"

namespace nonzero::scnn {

enum class OutputFormat { compressed, raw64 };

struct LayerPlan {
    LayerPlan(const ConvolutionShape& shape, const ScnnParameters& parameters, bool fully_connected = false)
        : geometry(fully_connected ? make_fully_connected_geometry(shape, parameters)
                                   : make_geometry(shape, parameters)),
          codes(parameters.bank_hash, geometry, parameters.accumulator_banks),
          places(geometry, codes),
          activation_format(parameters.activation_format()),
          weight_format(parameters.weight_format()),
          line_format(parameters.line_format()),
          operand_limit(1 << (parameters.operand_bits - 1)) {}

    Geometry geometry;
    BankCodes codes;
    PlaceClasses places;
    BlockFormat activation_format;
    BlockFormat weight_format;
    BlockFormat line_format;  // of the inputs and neurons of a fully connected layer
    int operand_limit;        // operands are in [-limit, limit)
    bool holds(std::int16_t operand) const { return operand >= -operand_limit && operand < operand_limit; }

    bool count_only = false;  // cycles and counters without values
    OutputFormat output = OutputFormat::raw64;
    PostProcessor post_processor;
    std::optional<PoolingPlan> pooling;  // of compressed outputs
};

}  // namespace nonzero::scnn
