#pragma once
// Where the products of one weight block go: for every place class and weight vector, how many products each bank gets.
// The same for all PEs, so it is worked out once per broadcast block; a PE adds the rows of its activation vector's
// lanes.

#include <cstdint>
#include <span>
#include <vector>

#include "models/scnn/bank_hash.h"
#include "models/scnn/bank_queues.h"
#include "models/scnn/operand_blocks.h"
#include "models/scnn/place_classes.h"

namespace nonzero::scnn {

template <class Count>
class ScatterRouting {
  public:
    ScatterRouting(int banks, int f) : banks_(std::size_t(BankQueues<Count>::padded(banks))), f_(std::size_t(f)) {}

    void build(const PlaceClasses& places, const BankCodes& codes, int phase, std::span<const WeightEntry> entries,
               int k_begin) {
        const auto classes = std::size_t(places.classes(phase));
        vectors_ = (entries.size() + f_ - 1) / f_;
        table_.assign(classes * vectors_ * banks_, Count(0));
        kept_.assign(classes, 0);
        dropped_.assign(classes, 0);
        k_codes_.clear();
        for (const WeightEntry& entry : entries) {
            k_codes_.push_back(codes.k_code(k_begin + entry.k_offset, entry.k_offset));
        }
        for (std::size_t place = 1; place < classes; ++place) {
            const std::uint16_t* tap_codes = places.tap_codes(phase, std::uint32_t(place));
            Count* row = table_.data() + place * vectors_ * banks_;
            std::size_t lane = 0;
            for (std::size_t n = 0; n < entries.size(); ++n) {
                const std::uint16_t code = tap_codes[entries[n].tap];
                if (entries[n].value != 0) {
                    if (code != PlaceClasses::kOutside) {
                        ++row[codes.bank(code, k_codes_[n])];
                        ++kept_[place];
                    } else {
                        ++dropped_[place];
                    }
                }
                if (++lane == f_) {
                    lane = 0;
                    row += banks_;
                }
            }
        }
    }

    std::size_t vectors() const { return vectors_; }
    std::size_t banks() const { return banks_; }
    std::size_t bytes() const { return table_.size() * sizeof(Count); }
    // Counts of one class for all weight vectors: vectors() rows of banks().
    const Count* of(std::uint32_t place_class) const { return table_.data() + place_class * vectors_ * banks_; }
    // Products of one activation of this class that land inside the plane.
    std::uint32_t kept(std::uint32_t place_class) const { return kept_[place_class]; }
    // … and of those that fall outside.
    std::uint32_t dropped(std::uint32_t place_class) const { return dropped_[place_class]; }

  private:
    std::size_t banks_;
    std::size_t f_;
    std::size_t vectors_ = 0;
    std::vector<Count> table_;
    std::vector<std::uint32_t> kept_;
    std::vector<std::uint32_t> dropped_;
    std::vector<std::uint16_t> k_codes_;
};

}  // namespace nonzero::scnn
