#pragma once
// Parameters of the toy machine (README.md).

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::toy {

struct ToyParameters {
    int lanes = 16;
    int pipeline_depth = 4;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 1000;
    DmaParameters dma;

    gemm::GemmWidths widths() const { return {operand_bits, accumulator_bits}; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, ToyParameters& parameters);

}  // namespace nonzero::toy
