#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

#include "models/pe_array/layer_plan.h"
#include "models/scnn/bank_hash.h"
#include "models/scnn/coordinate_computation.h"
#include "models/scnn/geometry.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::scnn {

struct LayerPlan : pe_array::PeArrayPlan {
    LayerPlan(const ConvolutionShape& shape, const ScnnParameters& parameters, bool fully_connected = false)
        : pe_array::PeArrayPlan(parameters),
          geometry(fully_connected ? make_fully_connected_geometry(shape, parameters)
                                   : make_geometry(shape, parameters)),
          codes(parameters.bank_hash, geometry, parameters.accumulator_banks),
          coordinates(geometry, codes),
          activation_format(parameters.activation_format()),
          weight_format(parameters.weight_format()),
          line_format(parameters.line_format()) {}
    const pe_array::PeArrayGeometry& array() const override { return geometry; }

    Geometry geometry;
    BankCodes codes;
    CoordinateComputation coordinates;
    OperandFormat activation_format;
    OperandFormat weight_format;
    OperandFormat line_format;  // of the inputs and neurons of a fully connected layer
};

}  // namespace nonzero::scnn
