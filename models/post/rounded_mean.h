#pragma once

#include <cstdint>

namespace nonzero {

// floor(sum / count + 1/2), count > 0: what an average of stored values is, over a window or over a plane.
constexpr std::int64_t rounded_mean(std::int64_t sum, std::int64_t count) {
    const std::int64_t twice = 2 * count;
    const std::int64_t shifted = 2 * sum + count;
    return shifted / twice - (shifted % twice < 0 ? 1 : 0);
}

}  // namespace nonzero
