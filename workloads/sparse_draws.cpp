#include "workloads/sparse_draws.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

constexpr std::size_t kBlock = 64;

// A word in its two meanings: as a value, in the upper half, and whether a value follows: bit 0 after an element's
// first word, bit 1 after a value. The latter is where no value has a part of the range of words: it is drawn again.
using Meanings = std::array<std::uint32_t, kBlock>;

// `numbers` values of equally many words each, what is left at the end drawn again.
NONZERO_VECTOR_CLONES void find_meanings(const std::uint64_t* words, std::size_t count, std::uint64_t last_non_zero,
                                         std::uint64_t numbers, int low, bool skips_zero, std::uint32_t* meanings) {
    const std::uint64_t words_of_value =
        UINT64_MAX / numbers + (UINT64_MAX % numbers == numbers - 1 ? std::uint64_t{1} : std::uint64_t{0});
    // Negative values are first, so that those behind a zero that is left out are one higher.
    const std::uint64_t first_higher = skips_zero ? static_cast<std::uint64_t>(-low) : numbers + 1;
    for (std::size_t n = 0; n < count; ++n) {
        const std::uint64_t word = words[n];
        // word / words_of_value, or one less.
        const std::uint64_t guess = ((word >> 32) * numbers) >> 32;
        const std::uint64_t number = guess + (word - guess * words_of_value >= words_of_value ? 1U : 0U);
        const std::uint64_t follows = (word <= last_non_zero ? 1U : 0U) | (number >= numbers ? 2U : 0U);
        const std::uint64_t value = number + static_cast<std::uint64_t>(low) + (number >= first_higher ? 1U : 0U);
        meanings[n] = static_cast<std::uint32_t>(value << 16 | follows);
    }
}

// The comparison of a Bernoulli distribution that takes words as numbers of 0 .. 1.
bool is_non_zero(std::uint64_t word, double density) {
    return static_cast<double>(word) <= density * static_cast<double>(UINT64_MAX);
}

std::uint64_t find_last_non_zero(double density) {
    std::uint64_t last = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 63; bit != 0; bit >>= 1) {
        if (is_non_zero(last | bit, density)) {
            last |= bit;
        }
    }
    return last;
}

}  // namespace

SparseDraws::SparseDraws(double density, ValueRange values)
    : density_(density), values_(values), last_non_zero_(find_last_non_zero(density)) {
    if (values.high - values.low >= 1 << 15) {
        throw std::invalid_argument("sparse draws have at most 2^15 values");
    }
}

std::size_t SparseDraws::take(std::span<const std::uint64_t> words, std::int16_t* elements) {
    const bool skips_zero = values_.low <= 0 && values_.high >= 0;
    const auto numbers = static_cast<std::uint64_t>(values_.high - values_.low + (skips_zero ? 0 : 1));
    Meanings meanings;
    std::size_t filled = 0;
    unsigned value_next = value_next_ ? 1 : 0;
    for (std::size_t first = 0; first < words.size(); first += kBlock) {
        const std::size_t count = std::min(kBlock, words.size() - first);
        find_meanings(words.data() + first, count, last_non_zero_, numbers, values_.low, skips_zero, meanings.data());
        for (std::size_t n = 0; n < count; ++n) {
            elements[filled] = static_cast<std::int16_t>((meanings[n] >> 16) * value_next);
            value_next = meanings[n] >> value_next & 1U;
            filled += 1 - value_next;
        }
    }
    value_next_ = value_next != 0;
    return filled;
}

}  // namespace nonzero
