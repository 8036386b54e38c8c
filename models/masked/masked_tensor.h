#pragma once
// Elements as a sparse mask and packed values: a bit for each element, and the non-zero ones in order. The place of a
// value among the packed ones is the number of bits before its own (prefix popcount), which is how the thread mapper
// addresses it. Plain C++.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/masked/bit_words.h"

namespace nonzero::masked {

constexpr std::size_t mask_bytes(std::size_t elements) {
    return (elements + 7) / 8;
}

class MaskedTensor {
  public:
    MaskedTensor() = default;
    // Bytes of a mask as it lies in memory, lowest bit first; nullopt when bits behind the last element are set.
    static std::optional<MaskedTensor> from_mask(std::span<const std::uint8_t> mask, std::size_t elements);
    // As many as the mask has bits, or none of a counted layer; false when one is zero or does not fit `bits` bits.
    bool take_values(std::span<const std::uint8_t> bytes, int bits);

    std::size_t elements() const { return elements_; }
    std::size_t non_zeros() const { return rank(elements_); }
    std::size_t non_zeros(std::size_t begin, std::size_t end) const { return rank(end) - rank(begin); }
    bool at(std::size_t element) const { return (words_[element / kWordBits] >> element % kWordBits & 1U) != 0; }
    // Non-zeros before the element.
    std::size_t rank(std::size_t element) const;
    // Bits of the elements first .. first + count - 1, at most kWordBits of them.
    std::uint64_t bits(std::size_t first, std::size_t count) const;
    bool has_values() const { return !values_.empty(); }
    std::span<const std::int16_t> values() const { return values_; }

  private:
    std::size_t elements_ = 0;
    std::vector<std::uint64_t> words_ = {0};   // one more than elements need
    std::vector<std::uint32_t> before_ = {0};  // non-zeros before each word
    std::vector<std::int16_t> values_;
};

}  // namespace nonzero::masked
