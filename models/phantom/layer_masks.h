#pragma once
// The sparse masks of a layer as its cores use them: the bits that stay at a core, and those of the other operand that
// move past them, one bit for each window (phantom_facts.md 9 rules 2 and 3). Plain C++.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/phantom/entry_stream.h"
#include "models/phantom/geometry.h"

namespace nonzero::phantom {

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

class LayerMasks {
  public:
    // input: a row for each channel and row of the input plane (C * H), W bits. weights: a row for each filter,
    // C/groups * KH * KW bits. dense: every tap inside the kernel and the channels has its bits set, in the ring too.
    LayerMasks(const Geometry& geometry, BitRows input, BitRows weights, bool dense);

    const Geometry& geometry() const { return geometry_; }
    std::uint64_t non_zeros(std::size_t filter) const;

    // Weights of a filter in the planes of a task.
    PlaneBits weights_of(std::size_t filter, const Range& part) const;
    // Bits of the inputs that the taps of the planes read: row 9 * plane + tap, a bit for each window. channel: of a
    // depthwise layer, else the first one of the filter's group.
    BitRows inputs_of(std::size_t channel, const Range& part) const;

    // Of a fully connected layer: the input, and the weights of these neurons, row 9 * plane + tap.
    PlaneBits input_bits() const;
    BitRows weights_of_neurons(const std::vector<std::size_t>& neurons) const;

  private:
    bool weight(std::size_t filter, const Tap& tap) const;
    void read_inputs(std::size_t channel, const Range& part, const Tap& tap, std::size_t row, BitRows& bits) const;

    Geometry geometry_;
    BitRows input_;
    BitRows weights_;
    bool dense_;
};

}  // namespace nonzero::phantom
