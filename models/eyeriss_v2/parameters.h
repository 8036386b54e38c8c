#pragma once
// Parameters of Eyeriss v2 (phantom_facts.md 9.6).

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"

namespace nonzero::eyeriss_v2 {

struct EyerissV2Parameters {
    int cluster_rows = 8;
    int cluster_columns = 2;
    int pe_rows = 3;  // of a cluster
    int pe_columns = 4;
    int simd = 2;      // weights of a word
    int filters = 32;  // of a PE in a pass
    int empty_column = 0;
    int fill = 7;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 5000;
    DmaParameters dma;

    int clusters() const { return cluster_rows * cluster_columns; }
    int pes_of_cluster() const { return pe_rows * pe_columns; }
    int pes() const { return clusters() * pes_of_cluster(); }
    int multipliers() const { return pes() * simd; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, EyerissV2Parameters& parameters);

}  // namespace nonzero::eyeriss_v2
