#pragma once
// Parameters of SparTen (phantom_facts.md 9.5).

#include "models/base/parameters.h"
#include "models/dma/dma_parameters.h"

namespace nonzero::sparten {

// Greedy balancing between compute units: none, in software by whole filters, in hardware chunk by chunk.
enum class Balancing { none, gb_s, gb_h };
// What the units of a cluster wait for each other at the end of.
enum class Barrier { chunk, cell };

struct SpartenParameters {
    int clusters = 8;
    int units = 32;  // of a cluster
    int chunk_positions = 128;
    Balancing balancing = Balancing::gb_h;
    Barrier barrier = Barrier::chunk;
    int start = 0;

    int operand_bits = 9;
    int accumulator_bits = 32;
    int clock_period_ps = 1000;
    DmaParameters dma;

    int multipliers() const { return clusters * units; }
    int filters_of_block() const { return balancing == Balancing::none ? units : 2 * units; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, SpartenParameters& parameters);

}  // namespace nonzero::sparten
