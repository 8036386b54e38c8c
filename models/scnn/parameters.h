#pragma once
// Parameters of the SCNN platform; defaults are the published design (card section 2.1).

#include "models/common/dma.h"
#include "models/common/memory_timing.h"
#include "models/common/parameters.h"
#include "workloads/formats/zero_run.h"

namespace nonzero::scnn {

enum class BankHash { h1, h2, h3, h4 };
enum class CrossbarWrite { multiple, single };
enum class WeightSkew { unbounded, fifo };
// What happens to an output-channel group whose partial sums do not fit the accumulators.
enum class AccumulatorOverflow { shrink_kc, refuse };

struct ScnnParameters {
    int pe_rows = 8;
    int pe_columns = 8;
    int f = 4;
    int i = 4;
    int kc = 8;

    int accumulator_banks = 32;
    int accumulator_entries = 1024;
    int accumulator_bits = 24;
    AccumulatorOverflow accumulator_overflow = AccumulatorOverflow::shrink_kc;
    int operand_bits = 16;

    int queue_depth = 8;
    bool queue_infinite = false;
    BankHash bank_hash = BankHash::h1;
    CrossbarWrite crossbar_write = CrossbarWrite::multiple;

    bool placeholders = true;
    int iaram_entries = 4096;
    int oaram_entries = 4096;

    WeightSkew weight_skew = WeightSkew::unbounded;
    int weight_fifo_entries = 50;

    MemoryTiming memory_timing = MemoryTiming::ideal;
    int clock_period_ps = 1000;
    DmaParameters dma;

    RunWidth run_width() const { return placeholders ? RunWidth::bits4 : RunWidth::bits16; }
    int pes() const { return pe_rows * pe_columns; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, ScnnParameters& parameters);

}  // namespace nonzero::scnn
