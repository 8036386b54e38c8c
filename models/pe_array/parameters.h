#pragma once
// Parameters that all arrays of PEs have; a machine's own struct derives from it. Defaults: SCNN card sections 2.1 and
// 2.3.

#include "models/common/dma.h"
#include "models/common/memory_timing.h"
#include "models/common/parameters.h"

namespace nonzero::pe_array {

struct PeArrayParameters {
    int pe_rows = 8;
    int pe_columns = 8;
    int kc = 8;  // output channels of a group at most

    int accumulator_bits = 24;
    int operand_bits = 16;

    MemoryTiming memory_timing = MemoryTiming::ideal;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int pes() const { return pe_rows * pe_columns; }
};

// The last of them: memory, clock, DMA.
void describe_timing(ParameterTable& table, PeArrayParameters& parameters);

}  // namespace nonzero::pe_array
