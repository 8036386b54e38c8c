#include "models/masked/filters.h"

namespace nonzero::masked {

bool Filters::take_values(const Range& places, std::span<const std::uint8_t> bytes, int operand_bits) {
    const std::size_t first = values[places.begin];
    for (std::size_t place = places.begin; place < places.end; ++place) {
        const auto own = bytes.subspan(values[place] - first, values[place + 1] - values[place]);
        if (!tensors[place].take_values(own, operand_bits)) {
            return false;
        }
    }
    return true;
}

std::uint64_t bytes_of(const MaskedTensor& tensor) {
    return mask_bytes(tensor.elements()) + tensor.non_zeros() * sizeof(std::int16_t);
}

std::uint64_t bytes_of(const MaskedLayer& layer, const Filters& filters) {
    return layer.filter_sets.head_bytes() + filters.values.back();
}

}  // namespace nonzero::masked
