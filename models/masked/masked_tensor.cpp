#include "models/masked/masked_tensor.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace nonzero::masked {

static_assert(std::endian::native == std::endian::little, "masks are words as the host holds them");

std::optional<MaskedTensor> MaskedTensor::from_mask(std::span<const std::uint8_t> mask, std::size_t elements) {
    if (mask.size() != mask_bytes(elements) || (elements % 8 != 0 && mask.back() >> elements % 8 != 0)) {
        return std::nullopt;
    }
    MaskedTensor tensor;
    tensor.elements_ = elements;
    tensor.words_.assign(words_of(elements) + 1, 0);
    if (!mask.empty()) {
        std::memcpy(tensor.words_.data(), mask.data(), mask.size());
    }
    tensor.before_.resize(tensor.words_.size());
    std::uint32_t before = 0;
    for (std::size_t word = 0; word < tensor.words_.size(); ++word) {
        tensor.before_[word] = before;
        before += std::uint32_t(std::popcount(tensor.words_[word]));
    }
    return tensor;
}

bool MaskedTensor::take_values(std::span<const std::uint8_t> bytes, int bits) {
    if (bytes.size() != non_zeros() * sizeof(std::int16_t)) {
        return false;
    }
    values_.resize(non_zeros());
    if (!bytes.empty()) {
        std::memcpy(values_.data(), bytes.data(), bytes.size());
    }
    const int limit = 1 << (bits - 1);
    return std::ranges::all_of(values_,
                               [=](std::int16_t value) { return value != 0 && value >= -limit && value < limit; });
}

std::size_t MaskedTensor::rank(std::size_t element) const {
    const std::uint64_t below = (std::uint64_t{1} << element % kWordBits) - 1;
    const std::size_t word = element / kWordBits;
    return before_[word] + std::size_t(std::popcount(words_[word] & below));
}

std::uint64_t MaskedTensor::bits(std::size_t first, std::size_t count) const {
    const std::size_t word = first / kWordBits;
    const std::size_t shift = first % kWordBits;
    std::uint64_t found = words_[word] >> shift;
    if (shift + count > kWordBits) {
        found |= words_[word + 1] << (kWordBits - shift);
    }
    return count == kWordBits ? found : found & ((std::uint64_t{1} << count) - 1);
}

}  // namespace nonzero::masked
