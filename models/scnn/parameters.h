#pragma once
// Parameters of the SCNN platform; defaults are the published design (scnn_facts.md 2.1).

#include "models/pe_array/parameters.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::scnn {

enum class BankHash { h1, h2, h3, h4 };
enum class CrossbarWrite { multiple, single };
enum class WeightSkew { unbounded, fifo };
enum class OperandStorage { compressed, dense };
// What happens to an output-channel group whose partial sums do not fit the accumulators.
enum class AccumulatorOverflow { shrink_kc, refuse };

struct ScnnParameters : pe_array::PeArrayParameters {
    // Fixed by the kind of the platform (scnn_facts.md 2.5); both are compressed in SCNN.
    OperandStorage activations = OperandStorage::compressed;
    OperandStorage weights = OperandStorage::compressed;

    int f = 4;
    int i = 4;

    int accumulator_banks = 32;
    int accumulator_entries = 1024;
    AccumulatorOverflow accumulator_overflow = AccumulatorOverflow::shrink_kc;

    int queue_depth = 8;
    bool queue_infinite = false;
    BankHash bank_hash = BankHash::h1;
    CrossbarWrite crossbar_write = CrossbarWrite::multiple;

    bool placeholders = true;
    int iaram_entries = 4096;
    int oaram_entries = 4096;

    WeightSkew weight_skew = WeightSkew::unbounded;
    int weight_fifo_entries = 50;

    OperandFormat activation_format() const { return format_of(activations, placeholders); }
    OperandFormat weight_format() const { return format_of(weights, placeholders); }
    // Of the inputs and neurons of fully connected layers. Runs of 16 bits never need a placeholder.
    OperandFormat line_format() const { return format_of(activations, false); }

  private:
    OperandFormat format_of(OperandStorage storage, bool short_runs) const {
        const BlockFormat compressed = short_runs ? BlockFormat::zero_run4 : BlockFormat::zero_run16;
        return {storage == OperandStorage::dense ? BlockFormat::dense : compressed, dram_operand_bits};
    }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, ScnnParameters& parameters);

}  // namespace nonzero::scnn
