#pragma once
// Which accumulator bank an output coordinate lives in (scnn_facts.md 3.1, 10.9 rule 8). Every hash is built from one
// code per coordinate: the codes are combined by exclusive or (H1) or addition (H2-H4) and the result is taken modulo
// the banks.
//
//   H1  bit 4: k[2] ^ x[1] ^ y[1], bit 3: x[0], bit 2: y[0], bits 1..0: k[1:0]; global k, xo, yo
//   H2  footprint address ((k-kbase)*ah + yo-yo_min)*aw + xo-xo_min
//   H3  (k-kbase)*373^2 + (yo-yo_min)*373 + xo-xo_min
//   H4  xo-xo_min + 3*(yo-yo_min)

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/scnn/geometry.h"

namespace nonzero::scnn {

class BankCodes {
  public:
    BankCodes(BankHash hash, const Geometry& geometry, int banks);

    std::uint16_t k_code(int k_global, int k_offset) const;
    // … of `count` channels from k_begin on, which have the offsets from 0 on.
    std::vector<std::uint16_t> k_codes(int k_begin, int count) const;
    std::uint16_t row_code(int yo, int yo_min) const;
    std::uint16_t column_code(int xo, int xo_min) const;
    // Row and column together.
    std::uint16_t place_code(std::uint16_t row, std::uint16_t column) const {
        return std::uint16_t(exclusive_or_ ? row ^ column : (row + column) % banks_);
    }
    // Instead of a place code: the product falls outside the output plane. Instead of a k code: the weight is a
    // placeholder. With either, index() is outside of every bank.
    std::uint16_t outside() const { return std::uint16_t(2 * codes_); }
    std::uint16_t placeholder() const { return std::uint16_t(4 * codes_); }

    bool exclusive_or() const { return exclusive_or_; }
    // Place and k code together: an index below indices(), and its bank, or -1.
    std::size_t index(std::uint16_t place, std::uint16_t k) const {
        return std::size_t(exclusive_or_ ? place ^ k : place + k);
    }
    std::size_t indices() const { return std::size_t(8 * codes_); }
    int bank(std::size_t index) const { return index < std::size_t(2 * codes_) ? int(index) % banks_ : -1; }
    int banks() const { return banks_; }

  private:
    BankHash hash_;
    bool exclusive_or_;
    int banks_;
    int codes_;  // codes are below this
    int rows_;
    int columns_;
};

}  // namespace nonzero::scnn
