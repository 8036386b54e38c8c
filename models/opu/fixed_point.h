#pragma once
// The fixed-point accumulation of public OPU code, mode `o6` (opu_facts.md O6, 11 rule 7, 11.2 rule 9). Plain C++;
// C++17-clean.

#include <cstdint>
#include <vector>

namespace nonzero::opu {

// The partial sum (16 bits) behind an instruction: products summed up over its channels and pixels, what was stored
// before or, of the first instruction, the bias. shift: 0 .. 10.
std::int32_t accumulate(std::int64_t products, std::int32_t stored, int shift);

// The bias in its buffer.
std::int32_t stored_bias(std::int32_t bias, int shift);

// The output (8 bits) of the last partial sum; with leaky ReLU an eighth of what is negative.
std::int32_t output_of(std::int32_t partial_sum, bool leaky_relu);

// The largest shift at which no running sum of a layer is saturated: the greatest magnitude of any of them.
int largest_shift(std::int64_t greatest);

}  // namespace nonzero::opu
