#pragma once
// Masks as words of 64 bits. Plain C++.

#include <cstddef>

namespace nonzero::masked {

inline constexpr int kWordBits = 64;

constexpr std::size_t words_of(std::size_t bits) {
    return (bits + kWordBits - 1) / kWordBits;
}

}  // namespace nonzero::masked
