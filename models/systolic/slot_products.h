#pragma once
// The products of some slots of a panel with the rows of B that their multiplexers pick, added up per output: the
// partial sums that one or several passes of an array leave behind. Plain C++, the inner loop of the whole family.
//
// Exact: 16-bit operands and fewer than kMostColumns columns. Sums are worked out in floating point that only ever
// holds integers: in float where those of a tile's columns stay below 2^24 and whole ones below 2^31, else in double.

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "models/base/aligned_vector.h"

namespace nonzero::systolic {

// A row has fewer columns, so that its sums stay exact.
inline constexpr int kMostColumns = 1 << 23;

// Some pixels of the rows of B that belong to the placed columns of A; the first of these rows begins at data.
struct OperandView {
    const std::int16_t* data = nullptr;
    std::size_t stride = 0;  // elements from one row to the next
    std::size_t pixels = 0;
    int bits = 16;  // width of the operands: magnitudes are at most 2^(bits - 1)
};

class SlotProducts {
  public:
    // Places weights: begin(), then for every row of the panel add() for each slot and end_row(). Columns are within
    // [first_column, first_column + columns), else std::logic_error, and ascend in a row; weights of value 0, padding
    // too, add nothing and are left out, so that their columns do not matter.
    void begin(std::size_t rows, std::uint32_t first_column, std::uint32_t columns);
    void add(std::int16_t value, std::uint32_t column) {
        if (value != 0) {
            place(value, column - first_column_);
        }
    }
    void end_row();
    // Placed weights, all of them not 0.
    std::uint64_t weights() const { return weights_.size(); }

    // The sums of every row over its weights for every pixel: row r, pixel p at [r * row_stride(pixels) + p]. Valid
    // until the next call.
    using Sums = std::variant<std::span<const std::int32_t>, std::span<const double>>;
    Sums multiply(const OperandView& operands);
    static std::size_t row_stride(std::size_t pixels) { return (pixels + kPixels - 1) / kPixels * kPixels; }

    // Products of two non-zeros: operands[c] is how many non-zeros the row of B has that belongs to the
    // column first_column + c.
    std::uint64_t useful(std::span<const std::uint32_t> operands) const;

    struct Weight {
        float value;           // 16 bits are exact
        std::uint32_t offset;  // of the operands in their tile
    };

  private:
    // Operands are worked off in tiles of this size, which the first cache holds.
    static constexpr std::size_t kPixels = 64;
    static constexpr std::uint32_t kColumns = 128;

    void place(std::int16_t value, std::uint32_t column);
    void end_stretches(std::size_t number);
    template <class Real, class Sum>
    void multiply_as(const OperandView& operands, AlignedVector<Real>& tile, AlignedVector<Sum>& sums);

    std::uint32_t first_column_ = 0;
    std::uint32_t columns_ = 0;
    std::size_t rows_ = 0;
    std::size_t stretches_ = 0;  // of kColumns columns each
    std::vector<Weight> weights_;
    // The weights of row r in stretch s end at ends_[r * stretches_ + s + 1] and begin where the ones before end.
    std::vector<std::uint32_t> ends_;
    std::uint32_t fullest_ = 0;  // most weights of a row in one stretch
    std::int32_t largest_ = 0;   // magnitude of a weight

    AlignedVector<float> narrow_tile_;
    AlignedVector<double> wide_tile_;
    AlignedVector<std::int32_t> narrow_sums_;
    AlignedVector<double> wide_sums_;
};

}  // namespace nonzero::systolic
