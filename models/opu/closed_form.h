#pragma once
// The timing `closed` of a layer (opu_facts.md 4, 11 rule 3): the longer of compute and memory, and a constant. Times
// are integers in units of 1/bandwidth of a cycle, so that equal times are equal. Plain C++; C++17-clean.

#include <cstdint>
#include <vector>

#include "models/opu/core_shape.h"
#include "models/opu/layer_work.h"

namespace nonzero::opu {

struct ClosedForm {
    int bandwidth = 64;           // bytes of DRAM in a cycle
    int overhead = 200;           // cycles of each layer: fetch, fill, drain
    int operand_bytes = 1;        // 2: operands of 16 bits, at half the rate (opu_facts.md O4)
    bool input_bytes = false;     // strided layers read their whole input
    bool residual_bytes = false;  // the other tensor of an addition is read
};

// Cycles with operands of 8 bits.
std::int64_t compute_cycles(const LayerWork& work, const CoreShape& core);

std::int64_t memory_bytes(const LayerWork& work, const ClosedForm& form);

std::int64_t layer_time(const LayerWork& work, const CoreShape& core, const ClosedForm& form);

}  // namespace nonzero::opu
