#pragma once
// Numbers of any width side by side, the lowest bit of a byte first.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace nonzero {

// Compilers make one access of these loops.
inline std::uint64_t load_word(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    for (int n = 0; n < 8; ++n) {
        word |= std::uint64_t{bytes[n]} << 8 * n;
    }
    return word;
}
inline void store_word(std::uint64_t word, std::uint8_t* bytes) {
    for (int n = 0; n < 8; ++n) {
        bytes[n] = static_cast<std::uint8_t>(word >> 8 * n);
    }
}

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
    // The lowest `bits` (at most 16) of each of many numbers of 16 bits: four at a time.
    template <class Number>
    void put_all(std::span<const Number> numbers, int bits) {
        static_assert(sizeof(Number) == 2);
        if (numbers.empty()) {  // which has no address to copy from
            return;
        }
        const std::size_t start = bytes_.size();
        if (bits == 16 && held_ == 0 && std::endian::native == std::endian::little) {
            bytes_.resize(start + numbers.size_bytes());
            std::memcpy(bytes_.data() + start, numbers.data(), numbers.size_bytes());
            return;
        }
        const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
        bytes_.resize(start + (numbers.size() * std::size_t(bits) + 7) / 8 + 2 * sizeof(std::uint64_t));
        std::uint8_t* to = bytes_.data() + start;
        const std::size_t fours = numbers.size() / 4 * 4;
        for (std::size_t n = 0; n < fours; n += 4) {
            const std::uint64_t first = std::uint64_t(numbers[n]) & mask;
            const std::uint64_t second = std::uint64_t(numbers[n + 1]) & mask;
            const std::uint64_t third = std::uint64_t(numbers[n + 2]) & mask;
            const std::uint64_t fourth = std::uint64_t(numbers[n + 3]) & mask;
            to = put_word(first | second << bits | third << 2 * bits | fourth << 3 * bits, 4 * bits, to);
        }
        for (const Number number : numbers.subspan(fours)) {
            to = put_word(std::uint64_t(number) & mask, bits, to);
        }
        for (; held_ >= 8; held_ -= 8, pending_ >>= 8) {
            *to++ = static_cast<std::uint8_t>(pending_);
        }
        bytes_.resize(std::size_t(to - bytes_.data()));
    }
    // Zeros up to a whole byte.
    void finish() {
        if (held_ > 0) {
            put(0, 8 - held_);
        }
    }

  private:
    // Writes when 64 bits are together, and returns where it goes on.
    std::uint8_t* put_word(std::uint64_t word, int bits, std::uint8_t* to) {
        pending_ |= word << held_;
        held_ += bits;
        if (held_ >= 64) {
            store_word(pending_, to);
            to += 8;
            held_ -= 64;
            pending_ = held_ == 0 ? 0 : word >> (bits - held_);
        }
        return to;
    }

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

// Numbers of `bits` (at most 16) each, from bit number `at` on, with or without a sign as their type has; all of them
// lie inside of bytes.
template <class Number>
void take_all(std::span<const std::uint8_t> bytes, std::uint64_t at, int bits, std::span<Number> numbers) {
    static_assert(sizeof(Number) == 2);
    if (numbers.empty()) {
        return;
    }
    if (bits == 16 && at % 8 == 0 && std::endian::native == std::endian::little) {
        std::memcpy(numbers.data(), bytes.data() + at / 8, numbers.size_bytes());
        return;
    }
    const int unused = 16 - bits;
    const auto number = [unused](std::uint64_t word) {
        const auto high = static_cast<Number>(word << unused);
        return static_cast<Number>(high >> unused);
    };
    std::size_t n = 0;
    for (; n < numbers.size() && at / 8 + sizeof(std::uint64_t) <= bytes.size(); ++n, at += std::uint64_t(bits)) {
        numbers[n] = number(load_word(&bytes[at / 8]) >> at % 8);
    }
    for (; n < numbers.size(); ++n, at += std::uint64_t(bits)) {
        numbers[n] = number(bits_at(bytes, at, bits));
    }
}

}  // namespace nonzero
