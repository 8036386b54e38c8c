#include "models/scnn/crossbar_routing.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

template <class Count>
BankRows<Count>::BankRows(const BankCodes& codes)
    : width_(std::size_t(BankQueues<Count>::padded(codes.banks()))), rows_(codes.indices() * width_, Count(0)) {
    for (std::size_t index = 0; index < codes.indices(); ++index) {
        if (const int bank = codes.bank(index); bank >= 0) {
            rows_[index * width_ + std::size_t(bank)] = 1;
        }
    }
}

template <class Count>
void CrossbarRouting<Count>::build(const CoordinateComputation& coordinates, const BankCodes& codes,
                                   const BankRows<Count>& bank_rows, std::size_t f, int phase,
                                   std::span<const WeightEntry> entries, int k_begin, bool dense) {
    const auto classes = std::size_t(coordinates.classes(phase));
    const std::size_t words = coordinates.tap_words(phase);
    coordinates_ = &coordinates;
    phase_ = phase;
    inside_ = coordinates.inside(phase, 0).data();
    vectors_ = (entries.size() + f - 1) / f;
    banks_ = bank_rows.width();
    taps_.clear();
    k_codes_.clear();
    vector_taps_.assign(vectors_ * words, 0);
    used_taps_.assign(words, 0);
    of_tap_.assign(words * 64, 0);
    for (std::size_t n = 0; n < entries.size(); ++n) {
        const WeightEntry& entry = entries[n];
        taps_.push_back(entry.tap);
        if (entry.value == 0 && !dense) {
            k_codes_.push_back(codes.placeholder());
            continue;
        }
        k_codes_.push_back(codes.k_code(k_begin + entry.k_offset, entry.k_offset));
        const std::uint64_t bit = std::uint64_t{1} << (entry.tap % 64);
        vector_taps_[n / f * words + entry.tap / 64] |= bit;
        used_taps_[entry.tap / 64] |= bit;
        ++of_tap_[entry.tap];
    }
    table_.resize(classes * vectors_ * banks_);
    std::fill_n(table_.begin(), vectors_ * banks_, Count(0));
    count_products();
    useful_.clear();
    if (dense) {
        count_useful(entries);
    }
    if (codes.exclusive_or() && f == 4) {
        fill<true, 4>(bank_rows, f);
    } else if (codes.exclusive_or()) {
        fill<true, 0>(bank_rows, f);
    } else {
        fill<false, 0>(bank_rows, f);
    }
}

template <class Count>
NONZERO_VECTOR_CLONES void CrossbarRouting<Count>::count_products() {
    const auto classes = std::size_t(coordinates_->classes(phase_));
    const int taps = coordinates_->taps(phase_);
    kept_.assign(classes, 0);
    dropped_.assign(classes, 0);
    std::uint32_t* const kept = kept_.data();
    std::uint32_t* const dropped = dropped_.data();
    for (int tap = 0; tap < taps; ++tap) {
        const std::uint32_t* const inside = coordinates_->tap_inside(phase_, std::size_t(tap));
        const std::uint32_t weights = of_tap_[std::size_t(tap)];
        for (std::size_t place = 0; place < classes; ++place) {
            kept[place] += weights & inside[place];
            dropped[place] += weights & ~inside[place];
        }
    }
    dropped_[CoordinateComputation::kVoid] = 0;  // a placeholder makes no product
}

template <class Count>
void CrossbarRouting<Count>::count_useful(std::span<const WeightEntry> entries) {
    useful_.assign(kept_.size(), 0);
    for (const WeightEntry& entry : entries) {
        const std::uint32_t* const inside = coordinates_->tap_inside(phase_, entry.tap);
        for (std::size_t place = 0; entry.value != 0 && place < useful_.size(); ++place) {
            useful_[place] += inside[place] & 1;
        }
    }
}

// F: entries of a full vector when that is known at compile time, else 0.
template <class Count>
template <bool ExclusiveOr, std::size_t F>
NONZERO_VECTOR_CLONES void CrossbarRouting<Count>::fill(const BankRows<Count>& bank_rows, std::size_t f) {
    using Lanes = typename BankQueues<Count>::Lanes;
    constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(Count);
    constexpr std::size_t kMaximumF = 16;
    const auto classes = std::size_t(coordinates_->classes(phase_));
    const std::size_t banks = banks_;
    const std::size_t stride = vectors_ * banks;
    for (std::size_t vector = 0; vector < vectors_; ++vector) {
        const std::size_t begin = vector * f;
        const std::size_t entries = std::min(f, taps_.size() - begin);
        const std::uint16_t* place_codes[kMaximumF];
        std::size_t k_codes[kMaximumF];
        for (std::size_t n = 0; n < entries; ++n) {
            place_codes[n] = coordinates_->tap_codes(phase_, taps_[begin + n]);
            k_codes[n] = k_codes_[begin + n];
        }
        const auto rows_of = [&](std::size_t count) __attribute__((always_inline)) {
            for (std::size_t base = 0; base < banks; base += kLanes) {
                const Count* const one_hot = bank_rows.data() + base;
                Count* row = table_.data() + vector * banks + base + stride;
                for (std::size_t place = 1; place < classes; ++place, row += stride) {
                    Lanes sum{};
                    for (std::size_t n = 0; n < count; ++n) {
                        const std::size_t code = place_codes[n][place];
                        const std::size_t index = ExclusiveOr ? code ^ k_codes[n] : code + k_codes[n];
                        Lanes one;
                        __builtin_memcpy(&one, one_hot + index * banks, sizeof one);
                        sum += one;
                    }
                    __builtin_memcpy(row, &sum, sizeof sum);
                }
            }
        };
        if (F != 0 && entries == F) {
            rows_of(F);
        } else {
            rows_of(entries);
        }
    }
}

template class BankRows<std::uint8_t>;
template class BankRows<std::uint16_t>;
template class CrossbarRouting<std::uint8_t>;
template class CrossbarRouting<std::uint16_t>;

}  // namespace nonzero::scnn
