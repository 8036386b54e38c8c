#pragma once
// A dense tensor, put together from what the PEs have of it. Plain C++.

#include <cstdint>
#include <functional>
#include <vector>

#include "models/base/planar_split.h"

namespace nonzero::pe_array {

// Where a PE's part lies in it.
struct DensePart {
    Range channels;
    Range rows;
    Range columns;
};

// parts: bytes of each PE, [channel][row][column] of elements of so many bytes, or none. The tensor has channels x rows
// x columns of them.
std::vector<std::uint8_t> dense_image(const std::vector<std::vector<std::uint8_t>>& parts,
                                      const std::function<DensePart(int pe)>& place_of, std::size_t channels,
                                      std::size_t rows, std::size_t columns, std::size_t element);

}  // namespace nonzero::pe_array
