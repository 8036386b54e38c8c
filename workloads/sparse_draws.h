#pragma once
// Elements of a sparse tensor out of a stream of random words: a word says whether an element is non-zero, and for one
// that is the next word says its value. Drawn this way since the first golden numbers, so it stays; what is here does
// it without a branch for an element.

#include <cstddef>
#include <cstdint>
#include <span>

namespace nonzero {

// Whole numbers low .. high, without zero where it lies between them. At most 2^15 of them.
struct ValueRange {
    int low = 1;
    int high = 255;
};

class SparseDraws {
  public:
    // density 0 .. 1
    SparseDraws(double density, ValueRange values);

    // Whether any word would make an element non-zero; no word is taken for an element of a tensor of zeros.
    bool draws() const { return density_ > 0; }
    // Takes all words; every one ends an element or, before the word of a value, none. So there must be room for as
    // many elements. Returns how many were filled.
    std::size_t take(std::span<const std::uint64_t> words, std::int16_t* elements);

  private:
    double density_;
    ValueRange values_;
    std::uint64_t last_non_zero_;  // the largest word that makes an element non-zero
    bool value_next_ = false;      // the next word is a value
};

}  // namespace nonzero
