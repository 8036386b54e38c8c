#pragma once
// Parameters of the dense baselines of the SCNN paper, DCNN and DCNN-opt (card sections 2.3 and 2.4).

#include "models/pe_array/parameters.h"

namespace nonzero::dcnn {

// optimised: DCNN-opt. Same speed; a zero operand gates its multiplier, and activations are compressed in DRAM.
enum class Variant { plain, optimised };

struct DcnnParameters : pe_array::PeArrayParameters {
    Variant variant = Variant::plain;  // of the platform, no parameter

    int multipliers = 16;
    int activation_sram_kib = 2048;
};

// Names every field once; the table refers to `parameters`, which must outlive it.
void describe(ParameterTable& table, DcnnParameters& parameters);

}  // namespace nonzero::dcnn
