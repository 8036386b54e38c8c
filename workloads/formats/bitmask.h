#pragma once
// Bit-mask format: one bit per element, least significant bit of each byte first, set where the element is stored; and
// the stored values in order. The bits after the last element are zero.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nonzero {

struct BitmaskBlock {
    std::vector<std::uint8_t> mask;    // (elements + 7) / 8 bytes
    std::vector<std::int16_t> values;  // one per set bit
    friend bool operator==(const BitmaskBlock&, const BitmaskBlock&) = default;
};

BitmaskBlock encode_bitmask(std::span<const std::int16_t> dense);

// False, and dense all zero, when the mask is not that of dense.size() elements or has not one set bit per value.
bool decode_bitmask(const BitmaskBlock& block, std::span<std::int16_t> dense);

// Mask and 16-bit values, without padding between or after them.
std::size_t bitmask_bytes(std::size_t elements, std::size_t stored_values);

}  // namespace nonzero
