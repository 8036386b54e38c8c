#pragma once
// Which outputs of one axis read inside the input plane through one kernel tap, the others reading padding.

#include <algorithm>

namespace nonzero {

struct OutputRange {
    int begin = 0;
    int end = 0;  // one past the last, never below begin
};

// The outputs o of 0 .. outputs-1 with 0 <= o * stride + offset < extent; offset = tap * dilation - padding in front.
constexpr OutputRange outputs_inside(int offset, int stride, int extent, int outputs) {
    const int begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const int end = offset >= extent ? 0 : std::min(outputs, (extent - 1 - offset) / stride + 1);
    return {begin, std::max(begin, end)};
}

}  // namespace nonzero
