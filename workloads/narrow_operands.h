#pragma once
// Generated values for machines of any operand width: where the zeros are does not depend on the width.

#include "workloads/tensor.h"

namespace nonzero {

// Folds each value that `bits` (2 .. 16, two's complement) do not hold into those that they do: its sign stays, its
// magnitude m becomes 1 + (m - 1) mod (2^(bits-1) - 1), and a zero stays a zero. Values that fit stay as they are.
void narrow_operands(Operands& operands, int bits);

}  // namespace nonzero
