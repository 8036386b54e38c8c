#pragma once
// Parameters that all arrays of PEs have; a machine's own struct derives from it. Defaults: scnn_facts.md 2.1 and
// 2.3.

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"
#include "models/memory/memory_timing.h"

namespace nonzero::pe_array {

// How a matrix product is laid over the PEs: as the machine's lowering finds it faster, or as asked.
enum class LayoutChoice { automatic, positions, neurons };

struct PeArrayParameters {
    int pe_rows = 8;
    int pe_columns = 8;
    int kc = 8;  // output channels of a group at most

    int accumulator_bits = 24;
    int operand_bits = 16;
    int dram_operand_bits = 16;  // of an operand as it is stored in DRAM

    LayoutChoice product_layout = LayoutChoice::automatic;

    MemoryTiming memory_timing = MemoryTiming::ideal;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int pes() const { return pe_rows * pe_columns; }
};

// How wide an operand is stored in DRAM.
void describe_stored_width(ParameterTable& table, PeArrayParameters& parameters);
// Throws InputError when operands do not fit where they are stored.
void check_widths(const PeArrayParameters& parameters);

// The last of them: layout of products, memory, clock, DMA.
void describe_common(ParameterTable& table, PeArrayParameters& parameters);

}  // namespace nonzero::pe_array
