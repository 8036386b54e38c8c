#pragma once
// The queues between the scatter crossbar and the accumulator banks (scnn_facts.md 10.1). Only the number of entries
// per queue decides time, so one vector of products is its count per bank. Per cycle every non-empty queue first
// retires one entry, then pending products enter; the vector is complete when none is pending.
//
// multiple: a queue takes any number of entries as long as it holds fewer than `depth`. A bank that would hold e
// entries after the first cycle delays the vector by max(0, e - depth) cycles, because a full queue frees one place per
// cycle. single: a queue takes one entry per cycle. The round-robin order among the sources of a bank decides which
// product enters, never how many, so a vector takes as many cycles as its fullest bank has products, at least one.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/base/cycles.h"
#include "models/scnn/parameters.h"

namespace nonzero::scnn {

// Whether 8 bits count the entries of a queue and the products of a vector on top.
inline bool narrow_counts(const ScnnParameters& parameters) {
    return parameters.f * parameters.i + parameters.queue_depth <= UINT8_MAX;
}

inline constexpr std::size_t kMaximumLanes = 16;  // largest pe.i

// The activations of a block, in vectors of I, each against every weight vector of a block: rows of vectors of
// products.
template <class Count>
struct BlockPair {
    std::span<const std::uint32_t> places;  // place classes of the activations
    // Products per bank of an activation of class p with weight vector v: at table + (p * vectors + v) * banks. Class 0
    // has none.
    const Count* table;
    std::size_t vectors;
};

// Count: an unsigned type that holds depth + F * I.
template <class Count>
class BankQueues {
  public:
    // Counts of some banks side by side, as wide as the vector registers of common machines.
    using Lanes [[gnu::vector_size(32)]] = Count;
    // Banks are padded to a multiple of this, so that loops over banks have no tail.
    static constexpr int kPadding = 32;
    static constexpr int kMaximumBanks = 1024;  // largest accumulator.banks
    static int padded(int banks) { return (banks + kPadding - 1) / kPadding * kPadding; }

    BankQueues(int banks, int depth, bool single_write)
        : depth_(Count(depth)),
          single_write_(single_write),
          held_(std::size_t(padded(banks)), 0),
          products_(held_.size(), 0) {}

    // All vectors of pairs of blocks, one pair after the other; length: I. Returns the cycles until the last vector is
    // complete.
    Cycles issue_blocks(std::span<const BlockPair<Count>> pairs, std::size_t length);

    // One vector: products per bank, padded(banks) counts. Returns the cycles until it is complete, at least 1.
    Cycles issue(const Count* products) { return single_write_ ? issue_single(products) : issue_multiple(products); }

    // Cycles that pass without an issue: every queue retires one entry per cycle.
    void idle(Cycles cycles) {
        for (Count& held : held_) {
            held = cycles >= held ? Count(0) : Count(held - Count(cycles));
        }
    }

    Count fullest() const { return *std::max_element(held_.begin(), held_.end()); }
    // Largest number of entries that any queue held at the end of a cycle since construction or clear().
    Count peak() const { return std::max(peak_, *std::max_element(peaks_.begin(), peaks_.end())); }
    void clear() {
        std::fill(held_.begin(), held_.end(), Count(0));
        peak_ = 0;
        peaks_.fill(0);
    }

  private:
    Cycles issue_multiple(const Count* products) {
        Count* held = held_.data();
        const std::size_t banks = held_.size();
        Count fullest = 0;
        for (std::size_t bank = 0; bank < banks; ++bank) {
            const Count retired = Count((held[bank] > 1 ? held[bank] : Count(1)) - Count(1));
            held[bank] = Count(retired + products[bank]);
            fullest = held[bank] > fullest ? held[bank] : fullest;
        }
        if (fullest <= depth_) {
            peak_ = fullest > peak_ ? fullest : peak_;
            return 1;
        }
        const Count late = Count(fullest - depth_);
        peak_ = depth_;
        for (std::size_t bank = 0; bank < banks; ++bank) {
            held[bank] = Count((held[bank] > late ? held[bank] : late) - late);
        }
        return Cycles(1) + late;
    }

    Cycles issue_single(const Count* products) {
        Count most = 0;
        for (std::size_t bank = 0; bank < held_.size(); ++bank) {
            most = std::max(most, products[bank]);
        }
        for (std::size_t bank = 0; bank < held_.size(); ++bank) {
            // What entered in the last cycle is still there.
            held_[bank] = most > 0 && products[bank] == most ? Count(1) : Count(0);
        }
        peak_ = std::max(peak_, Count(most > 0 ? 1 : 0));
        return std::max<Cycles>(1, most);
    }

    Count depth_;
    bool single_write_;
    AlignedVector<Count> held_;
    AlignedVector<Count> products_;  // scratch: of one vector
    bool late_ = false;              // a vector of the last row had to wait
    Count peak_ = 0;
    // … of block pairs, found for some banks side by side.
    std::array<Count, kPadding> peaks_{};
};

extern template class BankQueues<std::uint8_t>;
extern template class BankQueues<std::uint16_t>;

}  // namespace nonzero::scnn
