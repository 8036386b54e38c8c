#pragma once
// Sparse masks as cores use them: those of an operand that stays, plane by plane, and those of one that moves past it,
// a bit for each window (phantom_facts.md 9 rules 2 and 3). Plain C++.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/phantom/entry_stream.h"

namespace nonzero::phantom {

// Bits that are set in so many words.
std::uint64_t bits_in(const std::uint64_t* words, std::size_t count);

// A bit for each element, packed; in rows that begin with a word of their own.
class BitRows {
  public:
    BitRows() = default;
    BitRows(std::size_t rows, std::size_t bits) : words_(words_of(bits)), data_(rows * words_) {}

    void set(std::size_t row, std::size_t bit) {
        data_[row * words_ + bit / kWordBits] |= std::uint64_t{1} << bit % kWordBits;
    }
    bool at(std::size_t row, std::size_t bit) const {
        return (data_[row * words_ + bit / kWordBits] >> bit % kWordBits & 1U) != 0;
    }
    // Sets the bits of a word from a place of a row on; none of them lies behind the row's end.
    void put(std::size_t row, std::size_t bit, std::uint64_t bits) {
        std::uint64_t* const word = data_.data() + row * words_ + bit / kWordBits;
        word[0] |= bits << bit % kWordBits;
        if (bit % kWordBits != 0 && bits >> (kWordBits - bit % kWordBits) != 0) {
            word[1] |= bits >> (kWordBits - bit % kWordBits);
        }
    }
    const std::uint64_t* row(std::size_t row) const { return data_.data() + row * words_; }
    std::size_t words() const { return words_; }

  private:
    std::size_t words_ = 0;
    std::vector<std::uint64_t> data_;
};

// Bit 3 * column + tap of each plane of a filter or of the input of a fully connected layer.
using PlaneBits = std::vector<std::uint16_t>;

}  // namespace nonzero::phantom
