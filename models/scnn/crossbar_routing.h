#pragma once
// Where the crossbar (the paper's scatter network) takes the products of one weight block: for every place class and
// weight vector, how many products each bank gets. The same for all PEs, so it is worked out once per broadcast block;
// a PE adds the rows of its activation vector's lanes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/scnn/bank_hash.h"
#include "models/scnn/bank_queues.h"
#include "models/scnn/coordinate_computation.h"
#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

// For every index of the bank codes a row of counts with a one at its bank.
template <class Count>
class BankRows {
  public:
    explicit BankRows(const BankCodes& codes);
    const Count* data() const { return rows_.data(); }
    std::size_t width() const { return width_; }

  private:
    std::size_t width_;
    AlignedVector<Count> rows_;
};

template <class Count>
class CrossbarRouting {
  public:
    // dense: a weight of value zero is no placeholder.
    void build(const CoordinateComputation& coordinates, const BankCodes& codes, const BankRows<Count>& bank_rows,
               std::size_t f, int phase, std::span<const WeightEntry> entries, int k_begin, bool dense = false);

    std::size_t vectors() const { return vectors_; }
    std::size_t banks() const { return banks_; }
    std::size_t bytes() const { return table_.size() * sizeof(Count); }
    // Counts of one class: vectors() rows of banks().
    const Count* of(std::uint32_t place_class) const { return table_.data() + place_class * vectors_ * banks_; }
    // Products of one activation of this class that fall outside the plane.
    std::uint32_t dropped(std::uint32_t place_class) const { return dropped_[place_class]; }
    // … and those that land inside, counted on their own.
    std::uint32_t kept(std::uint32_t place_class) const { return kept_[place_class]; }
    // … of these with a non-zero weight.
    std::uint32_t useful(std::uint32_t place_class) const {
        return useful_.empty() ? kept_[place_class] : useful_[place_class];
    }

    // A slot is void when no lane of its activation vector has a tap inside the plane among the taps of its weight
    // vector. Taps of the real weights of a vector, 64 to a word.
    std::span<const std::uint64_t> vector_taps(std::size_t vector) const {
        return std::span(vector_taps_).subspan(vector * used_taps_.size(), used_taps_.size());
    }
    // … and of all vectors together.
    std::span<const std::uint64_t> used_taps() const { return used_taps_; }
    // Taps inside the plane of a class.
    std::span<const std::uint64_t> inside(std::uint32_t place_class) const {
        return {inside_ + place_class * used_taps_.size(), used_taps_.size()};
    }

  private:
    template <bool ExclusiveOr, std::size_t F>
    void fill(const BankRows<Count>& bank_rows, std::size_t f);
    void count_products();
    void count_useful(std::span<const WeightEntry> entries);

    const CoordinateComputation* coordinates_ = nullptr;
    const std::uint64_t* inside_ = nullptr;  // of class 0; the others follow
    int phase_ = 0;
    std::size_t vectors_ = 0;
    std::size_t banks_ = 0;
    AlignedVector<Count> table_;
    std::vector<std::uint32_t> kept_;
    std::vector<std::uint32_t> dropped_;
    std::vector<std::uint32_t> useful_;  // only of dense weights
    std::vector<std::uint64_t> vector_taps_;
    std::vector<std::uint64_t> used_taps_;
    std::vector<std::uint16_t> taps_;     // per entry
    std::vector<std::uint16_t> k_codes_;  // per entry
    std::vector<std::uint32_t> of_tap_;   // weights per tap, without placeholders
};

extern template class BankRows<std::uint8_t>;
extern template class BankRows<std::uint16_t>;
extern template class CrossbarRouting<std::uint8_t>;
extern template class CrossbarRouting<std::uint16_t>;

}  // namespace nonzero::scnn
