#pragma once
// Plain C++.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "models/masked/masked_tensor.h"

namespace nonzero::masked {

// put(element, value) of each non-zero, in order; the value of a counted layer is 1.
template <class Put>
void for_each_non_zero(const MaskedTensor& tensor, const Put& put) {
    std::size_t next = 0;
    const auto values = tensor.values();
    for (std::size_t first = 0; first < tensor.elements(); first += kWordBits) {
        std::uint64_t bits = tensor.bits(first, std::min<std::size_t>(kWordBits, tensor.elements() - first));
        for (; bits != 0; bits &= bits - 1) {
            put(first + std::size_t(std::countr_zero(bits)), values.empty() ? std::int16_t{1} : values[next]);
            ++next;
        }
    }
}

}  // namespace nonzero::masked
