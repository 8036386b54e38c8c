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
    // k_codes: of the group's channel offsets. dense: a weight of value zero is no placeholder.
    void build(const CoordinateComputation& coordinates, const BankCodes& codes, const BankRows<Count>& bank_rows,
               std::size_t f, int phase, std::span<const WeightEntry> entries, std::span<const std::uint16_t> k_codes,
               bool dense = false);

    std::size_t vectors() const { return vectors_; }
    std::size_t banks() const { return banks_; }
    std::size_t bytes() const { return table_.size() * sizeof(Count); }
    // Counts of one class: vectors() rows of banks().
    const Count* of(std::uint32_t place_class) const { return table_.data() + place_class * vectors_ * banks_; }
    // Weights without placeholders: products of one activation that is no placeholder.
    std::uint32_t operands() const { return operands_; }
    // … and those of them that land inside the plane for this class.
    std::uint32_t kept(std::uint32_t place_class) const { return kept_[place_class]; }
    // … of these with a non-zero weight.
    std::uint32_t useful(std::uint32_t place_class) const {
        return useful_.empty() ? kept_[place_class] : useful_[place_class];
    }

    // The weight vectors that have a product inside the plane with an activation of this class, 64 to a word: bit v %
    // 64 of word v / 64. A slot is void when no lane of its activation vector has one.
    std::uint64_t touched(std::uint32_t place_class, std::size_t word) const {
        return touched_[word * stride_ + place_class];
    }
    std::size_t touched_words() const { return (vectors_ + 63) / 64; }

    // Of a block of activations, in vectors of `length`: products inside the plane, and slots with one.
    struct Reach {
        std::uint64_t kept;
        std::uint64_t busy;
    };
    Reach reach(const ActivationBlocks& activations, const ActivationBlock& block, std::size_t length) const;

  private:
    template <bool ExclusiveOr, std::size_t F>
    void fill(const BankRows<Count>& bank_rows, std::size_t f);
    void count_useful(std::span<const WeightEntry> entries);

    const CoordinateComputation* coordinates_ = nullptr;
    int phase_ = 0;
    std::size_t vectors_ = 0;
    std::size_t banks_ = 0;
    std::size_t stride_ = 0;  // of the classes in kept_ and touched_
    AlignedVector<Count> table_;
    std::vector<std::uint32_t> kept_;
    std::uint32_t operands_ = 0;
    std::uint32_t operand_vectors_ = 0;       // vectors with one
    std::vector<std::uint32_t> useful_;       // only of dense weights
    std::vector<std::uint64_t> touched_;      // words x classes
    std::vector<std::uint16_t> taps_;         // per entry
    std::vector<std::uint16_t> k_codes_;      // per entry
    std::vector<std::uint32_t> of_tap_;       // weights per tap, without placeholders
    std::vector<std::uint64_t> tap_vectors_;  // taps x words: the vectors that they stand in
};

extern template class BankRows<std::uint8_t>;
extern template class BankRows<std::uint16_t>;
extern template class CrossbarRouting<std::uint8_t>;
extern template class CrossbarRouting<std::uint16_t>;

}  // namespace nonzero::scnn
