#pragma once
// Parameters of DeMM(N, M, C, k); defaults are the instance DeMM(8,128,64,8) of demm_facts.md P7.

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/gemm/gemm_plan.h"
#include "models/memory/row_bursts.h"

namespace nonzero::demm {

// How the next tile of B gets into the memory (demm_facts.md D1).
enum class Preload {
    serial,  // when the last read of this tile has been issued
    hidden,  // into the other bank, while this tile is computed
    naive    // when the last row of this tile has left the pipeline
};

// How many slots a row takes (demm_facts.md 10.1).
enum class SlotsPerRow {
    pattern,  // of a layer with a pattern: every row as many as the pattern may need; of others as per_row
    per_row   // as many as its weights need
};

struct DemmParameters {
    int n = 8;
    int m = 128;
    int c = 64;
    int k = 8;
    Preload preload = Preload::serial;
    SlotsPerRow rho = SlotsPerRow::pattern;
    int pipeline_depth = 6;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 2000;
    DmaParameters dma;

    int multipliers() const { return n * c; }
    int banks() const { return preload == Preload::hidden ? 2 : 1; }
    gemm::GemmWidths widths() const { return {operand_bits, accumulator_bits}; }
    MultiPortMemoryParameters memory() const { return {n, m, c, banks()}; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, DemmParameters& parameters);

}  // namespace nonzero::demm
