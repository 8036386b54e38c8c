#pragma once
// Which accumulator bank an output coordinate lives in (SCNN card 3.1, 10.9 rule 8). Every hash is built from one code
// per coordinate: the codes are combined by exclusive or (H1) or addition (H2-H4) and the result is taken modulo the
// banks.
//
//   H1  bit 4: k[2] ^ x[1] ^ y[1], bit 3: x[0], bit 2: y[0], bits 1..0: k[1:0]; global k, xo, yo
//   H2  footprint address ((k-kbase)*ah + yo-yo_min)*aw + xo-xo_min
//   H3  (k-kbase)*373^2 + (yo-yo_min)*373 + xo-xo_min
//   H4  xo-xo_min + 3*(yo-yo_min)

#include <cstdint>
#include <vector>

#include "models/scnn/geometry.h"

namespace nonzero::scnn {

class BankCodes {
  public:
    BankCodes(BankHash hash, const Geometry& geometry, int banks);

    // Codes are below the number of banks for H2-H4 and below 32 for H1.
    std::uint16_t k_code(int k_global, int k_offset) const;
    std::uint16_t row_code(int yo, int yo_min) const;
    std::uint16_t column_code(int xo, int xo_min) const;
    // Row and column together; again a code.
    std::uint16_t combine(std::uint16_t row, std::uint16_t column) const {
        return std::uint16_t(exclusive_or_ ? row ^ column : (row + column) % banks_);
    }
    std::uint16_t bank(std::uint16_t place, std::uint16_t k) const {
        return bank_of_[std::size_t(exclusive_or_ ? place ^ k : place + k)];
    }

  private:
    BankHash hash_;
    bool exclusive_or_;
    int banks_;
    int rows_;
    int columns_;
    std::vector<std::uint16_t> bank_of_;  // modulo, tabulated
};

}  // namespace nonzero::scnn
