#pragma once
// Numbers of any width side by side, the lowest bit of a byte first.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nonzero {

class BitWriter {
  public:
    explicit BitWriter(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}

    // The lowest `bits` (at most 32) of a number.
    void put(std::uint32_t number, int bits) {
        pending_ |= (number & ((std::uint64_t{1} << bits) - 1)) << held_;
        for (held_ += bits; held_ >= 8; held_ -= 8) {
            bytes_.push_back(static_cast<std::uint8_t>(pending_));
            pending_ >>= 8;
        }
    }
    // Zeros up to a whole byte.
    void finish() {
        if (held_ > 0) {
            put(0, 8 - held_);
        }
    }

  private:
    std::vector<std::uint8_t>& bytes_;
    std::uint64_t pending_ = 0;
    int held_ = 0;
};

// The `bits` (at most 32) from bit number `at` on; all of them lie inside of bytes.
inline std::uint32_t bits_at(std::span<const std::uint8_t> bytes, std::uint64_t at, int bits) {
    const auto first = static_cast<std::size_t>(at / 8);
    const int shift = static_cast<int>(at % 8);
    std::uint64_t word = 0;
    for (int read = 0; read < shift + bits; read += 8) {
        word |= std::uint64_t{bytes[first + static_cast<std::size_t>(read / 8)]} << read;
    }
    return static_cast<std::uint32_t>(word >> shift & ((std::uint64_t{1} << bits) - 1));
}

}  // namespace nonzero
