#pragma once
// Everything about one layer that all blocks of the platform share: fixed before its first cycle.

#include <cstdint>
#include <vector>

#include "models/common/post_processing.h"
#include "models/scnn/bank_hash.h"
#include "models/scnn/geometry.h"
#include "models/scnn/place_classes.h"
#include "workloads/formats/zero_run.h"

namespace nonzero::scnn {

enum class OutputFormat { compressed, raw64 };

struct LayerPlan {
    LayerPlan(const ConvolutionShape& shape, const ScnnParameters& parameters)
        : geometry(make_geometry(shape, parameters)),
          codes(parameters.bank_hash, geometry, parameters.accumulator_banks),
          places(geometry, codes),
          run_width(parameters.placeholders ? RunWidth::bits4 : RunWidth::bits16) {}

    Geometry geometry;
    BankCodes codes;
    PlaceClasses places;
    RunWidth run_width;
    bool count_only = false;  // cycles and counters without values
    OutputFormat output = OutputFormat::raw64;
    PostProcessor post_processor;
};

}  // namespace nonzero::scnn
