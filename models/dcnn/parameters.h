#pragma once
// Parameters of the dense baselines of the SCNN paper, DCNN and DCNN-opt (scnn_facts.md 2.3 and 2.4).

#include "models/pe_array/parameters.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::dcnn {

// optimised: DCNN-opt. Same speed; a zero operand gates its multiplier, and activations are compressed in DRAM.
enum class Variant { plain, optimised };

struct DcnnParameters : pe_array::PeArrayParameters {
    Variant variant = Variant::plain;  // of the platform, no parameter

    int multipliers = 16;
    int activation_sram_kib = 2048;

    // In DRAM. Activations: a block per channel.
    OperandFormat activation_format() const {
        return {variant == Variant::plain ? BlockFormat::dense : BlockFormat::zero_run4, dram_operand_bits};
    }
    OperandFormat weight_format() const { return {BlockFormat::dense, dram_operand_bits}; }
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, DcnnParameters& parameters);

}  // namespace nonzero::dcnn
