#pragma once
// Parameters of the dense machines (phantom_facts.md 9.7, docs/models/dense.md).

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::dense {

enum class Dataflow {
    ideal,  // every multiplier has a product in every cycle but a layer's last one
    lanes   // filter lanes x row lanes of nine threads
};

inline constexpr int kThreadsOfLane = 9;

struct DenseParameters {
    Dataflow dataflow = Dataflow::ideal;  // which of the two machines; no parameter of it

    int ideal_multipliers = 252;
    int filter_lanes = 6;
    int row_lanes = 6;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int lanes() const { return filter_lanes * row_lanes; }
    int multipliers() const { return dataflow == Dataflow::ideal ? ideal_multipliers : lanes() * kThreadsOfLane; }
    gemm::GemmWidths widths() const { return {operand_bits, accumulator_bits}; }
};

// Names every field of that dataflow once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, DenseParameters& parameters);

}  // namespace nonzero::dense
