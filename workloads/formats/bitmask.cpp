#include "workloads/formats/bitmask.h"

#include <algorithm>
#include <bit>

namespace nonzero {

namespace {

std::size_t mask_bytes(std::size_t elements) {
    return elements / 8 + (elements % 8 != 0);
}

bool well_formed(const BitmaskBlock& block, std::size_t elements) {
    if (block.mask.size() != mask_bytes(elements)) {
        return false;
    }
    if (elements % 8 != 0 && block.mask.back() >> (elements % 8) != 0) {
        return false;
    }
    std::size_t stored = 0;
    for (const std::uint8_t byte : block.mask) {
        stored += static_cast<std::size_t>(std::popcount(byte));
    }
    return stored == block.values.size();
}

}  // namespace

BitmaskBlock encode_bitmask(std::span<const std::int16_t> dense) {
    BitmaskBlock block;
    block.mask.resize(mask_bytes(dense.size()), 0);
    for (std::size_t i = 0; i < dense.size(); ++i) {
        if (dense[i] != 0) {
            block.mask[i / 8] = static_cast<std::uint8_t>(block.mask[i / 8] | 1U << (i % 8));
            block.values.push_back(dense[i]);
        }
    }
    return block;
}

bool decode_bitmask(const BitmaskBlock& block, std::span<std::int16_t> dense) {
    std::ranges::fill(dense, std::int16_t{0});
    if (!well_formed(block, dense.size())) {
        return false;
    }
    auto value = block.values.begin();
    for (std::size_t i = 0; i < dense.size(); ++i) {
        if ((block.mask[i / 8] >> (i % 8) & 1) != 0) {
            dense[i] = *value++;
        }
    }
    return true;
}

std::size_t bitmask_bytes(std::size_t elements, std::size_t stored_values) {
    return mask_bytes(elements) + 2 * stored_values;
}

}  // namespace nonzero
