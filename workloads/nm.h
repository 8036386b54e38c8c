#pragma once
// N:M structured sparsity of a weight matrix: at most n non-zeros in every window of m consecutive columns of a row.
// Windows start at the multiples of m; the last one of a row may be short and also holds up to n (demm_facts.md 10).
// The columns are those of gemm.h.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "workloads/nm_pattern.h"
#include "workloads/tensor.h"

namespace nonzero {

// Non-zeros of the fullest window of m columns: the smallest n for which this row is n:m. 0 for a row of zeros.
int fullest_window(std::span<const std::int16_t> row, int m);

struct NmViolation {
    std::size_t row = 0;
    std::size_t first_column = 0;  // of the window
    int non_zeros = 0;
};
// The first window of a matrix (rows x columns) that has more than n non-zeros.
std::optional<NmViolation> find_violation(const Operands& matrix, const NmPattern& pattern);

// keep[c] = 1 where column c is among the n lowest ranks of its window, else 0; of equal ranks the lower column stays.
void keep_lowest(std::span<const std::uint32_t> ranks, const NmPattern& pattern, std::span<std::uint8_t> keep);

// Keeps the n largest magnitudes of every window of a row (or of every row) and clears the rest; of equal magnitudes
// the lower column stays.
void prune_to_largest(std::span<std::int16_t> row, const NmPattern& pattern);
void prune_to_largest(Operands& matrix, const NmPattern& pattern);

// A machine that knows few patterns n:block meets a given pattern with its closest one: the smallest allowed n that is
// not sparser (demm_facts.md 10.6, "natural"). std::invalid_argument when none is; with n = block allowed there always
// is one.
int closest_n(const NmPattern& pattern, int block, std::span<const int> allowed);

}  // namespace nonzero
