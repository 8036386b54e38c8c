#include "models/scnn/crossbar_routing.h"

#include <algorithm>
#include <bit>

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

// What a tap of some weights adds to every class. inside: all ones for the classes that it reaches an output for.
NONZERO_VECTOR_CLONES void add_tap(const std::uint32_t* inside, std::size_t classes, std::uint32_t weights,
                                   std::span<const std::uint64_t> vectors, std::uint32_t* kept,
                                   std::uint64_t* touched) {
    for (std::size_t place = 0; place < classes; ++place) {
        kept[place] += weights & inside[place];
    }
    for (const std::uint64_t word : vectors) {
        for (std::size_t place = 0; place < classes; ++place) {
            touched[place] |= word & std::uint64_t(std::int64_t(std::int32_t(inside[place])));
        }
        touched += classes;
    }
}

// Over vectors of activations: how many of up to 64 weight vectors some lane has a product with.
NONZERO_VECTOR_CLONES std::uint64_t count_touched(std::span<const std::uint32_t> vectors,
                                                  std::span<const std::uint32_t> places, std::size_t length,
                                                  const std::uint64_t* touched) {
    std::uint64_t count = 0;
    for (const std::uint32_t first : vectors) {
        std::uint64_t weights = 0;
        for (std::size_t n = first; n < std::min(first + length, places.size()); ++n) {
            weights |= touched[places[n]];
        }
        count += std::uint64_t(std::popcount(weights));
    }
    return count;
}

}  // namespace

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
                                   std::span<const WeightEntry> entries, std::span<const std::uint16_t> k_codes,
                                   bool dense) {
    const auto classes = std::size_t(coordinates.classes(phase));
    const auto taps = std::size_t(coordinates.taps(phase));
    coordinates_ = &coordinates;
    phase_ = phase;
    vectors_ = (entries.size() + f - 1) / f;
    banks_ = bank_rows.width();
    taps_.resize(entries.size());
    k_codes_.resize(entries.size());
    of_tap_.assign(taps, 0);
    tap_vectors_.assign(taps * touched_words(), 0);
    operands_ = 0;
    operand_vectors_ = 0;
    std::size_t vector = 0;
    std::size_t lane = 0;
    bool operand = false;  // in this vector
    for (std::size_t n = 0; n < entries.size(); ++n) {
        const WeightEntry& entry = entries[n];
        taps_[n] = entry.tap;
        if (entry.value == 0 && !dense) {
            k_codes_[n] = codes.placeholder();
        } else {
            k_codes_[n] = k_codes[entry.k_offset];
            ++operands_;
            operand_vectors_ += operand ? 0 : 1;
            operand = true;
            ++of_tap_[entry.tap];
            tap_vectors_[entry.tap * touched_words() + vector / 64] |= std::uint64_t{1} << (vector % 64);
        }
        if (++lane == f) {
            lane = 0;
            operand = false;
            ++vector;
        }
    }
    table_.resize(classes * vectors_ * banks_);
    std::fill_n(table_.begin(), vectors_ * banks_, Count(0));
    stride_ = coordinates.class_stride(phase);
    kept_.assign(stride_, 0);
    touched_.assign(touched_words() * stride_, 0);
    for (std::size_t tap = 0; tap < taps; ++tap) {
        if (of_tap_[tap] > 0) {
            add_tap(coordinates.tap_inside(phase, tap), stride_, of_tap_[tap],
                    std::span(tap_vectors_).subspan(tap * touched_words(), touched_words()), kept_.data(),
                    touched_.data());
        }
    }
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
typename CrossbarRouting<Count>::Reach CrossbarRouting<Count>::reach(const ActivationBlocks& activations,
                                                                     const ActivationBlock& block,
                                                                     std::size_t length) const {
    // Inside the plane an activation meets every operand.
    Reach reach{std::uint64_t(block.operands - block.border_operands) * operands_,
                std::uint64_t(block.vectors - block.border_vectors) * operand_vectors_};
    const auto border = std::span(activations.border_places).subspan(block.first_border_operand, block.border_operands);
    for (const std::uint32_t place : border) {
        reach.kept += kept_[place];
    }
    if (block.border_vectors > 0) {
        const auto vectors =
            std::span(activations.border_vectors).subspan(block.first_border_vector, block.border_vectors);
        const auto places = std::span(activations.place_class).first(block.begin + block.entries);
        for (std::size_t word = 0; word < touched_words(); ++word) {
            reach.busy += count_touched(vectors, places, length, touched_.data() + word * stride_);
        }
    }
    return reach;
}

template <class Count>
void CrossbarRouting<Count>::count_useful(std::span<const WeightEntry> entries) {
    useful_.assign(std::size_t(coordinates_->classes(phase_)), 0);
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
