#pragma once
// The arithmetic of the dot-product cores: exact sums of products of 16-bit operands. Plain C++.

#include <cstddef>
#include <cstdint>

#include "models/dcnn/weight_rows.h"

namespace nonzero::dcnn {

inline constexpr std::size_t kPatchBlock = 4;

// sums[row * pitch + n] = row . patch n, for all rows and `patches` patches (at most kPatchBlock). Patches lie
// rows.length() apart and are padded with zeros as the rows are.
void dot_products(const std::int16_t* patch, std::size_t patches, const WeightRows& rows, std::int64_t* sums,
                  std::size_t pitch);
// The same of rows that are narrow().
void dot_products(const std::int16_t* patch, std::size_t patches, const WeightRows& rows, std::int32_t* sums,
                  std::size_t pitch);

}  // namespace nonzero::dcnn
