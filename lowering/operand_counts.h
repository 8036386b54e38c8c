#pragma once
// The heads of a GEMM layer's operands: what is non-zero in each row of B and in each column of A.

#include <cstdint>
#include <vector>

#include "workloads/gemm.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::gemm {

// Non-zeros of B's rows over all P, groups * K of them.
std::vector<std::uint32_t> count_activations(const Layer& layer, const Operands& activations);
// Non-zeros of A's columns over the rows of their group, groups * K of them. matrix: (groups * Mo) x K.
std::vector<std::uint32_t> count_weights(const GemmShape& shape, const Operands& matrix);

}  // namespace nonzero::gemm
