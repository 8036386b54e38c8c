#pragma once
// How a GEMM is cut into tiles. Plain C++.

#include <algorithm>
#include <cstdint>

#include "models/base/planar_split.h"

namespace nonzero::demm {

// Tiles of a line of n.
constexpr int tiles_of(int n, int size) {
    return (n - 1) / size + 1;
}
inline Range tile_range(int n, int size, int tile) {
    return {tile * size, int(std::min<std::int64_t>(n, (std::int64_t{tile} + 1) * size))};
}

}  // namespace nonzero::demm
