#pragma once
// The filters of a layer as masks and packed values, in the order of work. Plain C++.

#include <span>
#include <vector>

#include "models/masked/masked_layer.h"

namespace nonzero::masked {

struct Filters {
    std::vector<std::size_t> order;     // which filter each is
    std::vector<MaskedTensor> tensors;  // in the order of work
    std::vector<std::size_t> values;    // bytes of values in front of each of them, and of all

    // Bytes of the values of filters begin .. end - 1 of the order of work; false: malformed.
    bool take_values(const Range& places, std::span<const std::uint8_t> bytes, int operand_bits);
};

// Bytes of mask and values, those of a counted layer too, which reads no values.
std::uint64_t bytes_of(const MaskedTensor& tensor);
std::uint64_t bytes_of(const MaskedLayer& layer, const Filters& filters);

}  // namespace nonzero::masked
