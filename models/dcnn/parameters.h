#pragma once
// Parameters of the dense baselines of the SCNN paper, DCNN and DCNN-opt (card sections 2.3 and 2.4).

#include "models/common/dma.h"
#include "models/common/memory_timing.h"
#include "models/common/parameters.h"

namespace nonzero::dcnn {

// optimised: DCNN-opt. Same speed; a zero operand gates its multiplier, and activations are compressed in DRAM.
enum class Variant { plain, optimised };

struct DcnnParameters {
    Variant variant = Variant::plain;  // of the platform, no parameter

    int pe_rows = 8;
    int pe_columns = 8;
    int multipliers = 16;
    int kc = 8;

    int accumulator_bits = 24;
    int operand_bits = 16;
    int activation_sram_kib = 2048;

    MemoryTiming memory_timing = MemoryTiming::ideal;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int pes() const { return pe_rows * pe_columns; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, DcnnParameters& parameters);

}  // namespace nonzero::dcnn
