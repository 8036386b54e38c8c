#include "models/scnn/bank_queues.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "workloads/vector_clones.h"

namespace nonzero::scnn {

namespace {

// Lanes of a row that are added side by side; a shorter row is filled up with lanes of no products, which costs less
// than a loop of a length that nobody can predict.
constexpr std::size_t kLanesAtOnce = 4;

template <class Lanes>
[[gnu::always_inline]] inline bool any_above(Lanes counts, Lanes depth) {
    using Words [[gnu::vector_size(16)]] = std::uint64_t;
    const Lanes above = (counts > depth ? counts : depth) ^ depth;
    Words parts[sizeof(Lanes) / sizeof(Words)];
    __builtin_memcpy(parts, &above, sizeof above);
    Words any = parts[0];
    for (std::size_t n = 1; n < std::size(parts); ++n) {
        any |= parts[n];
    }
    return (any[0] | any[1]) != 0;
}

// Every lane becomes the largest of all: of its neighbour's group of lanes and its own, with groups of 1, 2, 4 ….
template <class Count, std::size_t Group = 1, class Lanes>
[[gnu::always_inline]] inline Lanes largest(Lanes counts) {
    constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(Count);
    if constexpr (Group == kLanes) {
        return counts;
    } else {
        const Lanes other = [&]<std::size_t... lane>(std::index_sequence<lane...>) __attribute__((always_inline)) {
            return __builtin_shufflevector(counts, counts, int(lane ^ Group)...);
        }
        (std::make_index_sequence<kLanes>());
        return largest<Count, 2 * Group>(counts > other ? counts : other);
    }
}

template <class Lanes, class Count>
[[gnu::always_inline]] inline Lanes load(const Count* from) {
    Lanes lanes;
    __builtin_memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

// One row of vectors of a block pair, and queues that pass it. Common: the counts of all banks fit a register and there
// are up to kLanesAtOnce lanes, so that the loops over both are none.
template <class Count, bool Common>
class Row {
  public:
    using Lanes = typename BankQueues<Count>::Lanes;
    static constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(Count);

    [[gnu::always_inline]] Row(const BlockPair<Count>& pair, std::size_t banks)
        : banks_(Common ? kWidth : banks), vectors_(pair.vectors), table_(pair.table) {}

    // At least one place.
    [[gnu::always_inline]] void take(const std::uint32_t* places, std::size_t count) {
        count_ = Common ? kLanesAtOnce : (count + kLanesAtOnce - 1) / kLanesAtOnce * kLanesAtOnce;
        if (Common) {
            lanes_[0] = lane(places[0]);
            lanes_[1] = count > 1 ? lane(places[1]) : table_;
            lanes_[2] = count > 2 ? lane(places[2]) : table_;
            lanes_[3] = count > 3 ? lane(places[3]) : table_;
            return;
        }
        for (std::size_t n = 0; n < count_; ++n) {
            lanes_[n] = n < count ? lane(places[n]) : table_;
        }
    }

    // As if nothing had to wait: from what the queues hold to what they hold then. Returns the fullest that a queue of
    // each lane gets.
    [[gnu::always_inline]] Lanes pass(const Lanes* held, Lanes* next) const {
        Lanes fullest{};
        for (std::size_t base = 0, n = 0; base < banks_; base += kWidth, ++n) {
            Lanes queue = held[n];
            for (std::size_t vector = 0; vector < vectors_; ++vector) {
                queue = passed(queue, vector * banks_ + base);
                fullest = fullest > queue ? fullest : queue;
            }
            next[n] = queue;
        }
        return fullest;
    }

    // The same where vectors have to wait. Whether one does is as good as random, so nothing branches on it. Returns
    // the cycles.
    [[gnu::always_inline]] Cycles pass_waiting(Lanes* held, Count depth, Lanes& fullest_of_all) const {
        const Lanes full = Lanes{} + depth;
        Cycles cycles = vectors_;
        for (std::size_t vector = 0; vector < vectors_; ++vector) {
            Lanes fullest = full;
            for (std::size_t base = 0, n = 0; base < banks_; base += kWidth, ++n) {
                held[n] = passed(held[n], vector * banks_ + base);
                fullest_of_all = fullest_of_all > held[n] ? fullest_of_all : held[n];
                fullest = fullest > held[n] ? fullest : held[n];
            }
            const Lanes retired = largest<Count>(fullest) - full;
            for (std::size_t n = 0; n < banks_ / kWidth; ++n) {
                held[n] = (held[n] > retired ? held[n] : retired) - retired;
            }
            cycles += retired[0];
        }
        // Of a vector that waits, no more is in a queue than fits.
        fullest_of_all = fullest_of_all < full ? fullest_of_all : full;
        return cycles;
    }

  private:
    [[gnu::always_inline]] const Count* lane(std::size_t place) const { return table_ + place * vectors_ * banks_; }

    // A queue one vector later: max(queue, 1) - 1 + products, summed so that only two operations wait for the queue.
    [[gnu::always_inline]] Lanes passed(Lanes queue, std::size_t offset) const {
        constexpr Lanes kOne = Lanes{} + Count(1);
        Lanes products = -kOne;
        for (std::size_t n = 0; n < (Common ? kLanesAtOnce : count_); n += kLanesAtOnce) {
            const Lanes a = load<Lanes>(lanes_[n] + offset) + load<Lanes>(lanes_[n + 1] + offset);
            const Lanes b = load<Lanes>(lanes_[n + 2] + offset) + load<Lanes>(lanes_[n + 3] + offset);
            products += a + b;
        }
        return (queue > kOne ? queue : kOne) + products;
    }

    std::size_t banks_;
    std::size_t vectors_;
    const Count* table_;
    std::size_t count_ = 0;
    const Count* lanes_[kMaximumLanes];
};

template <class Count, bool Common>
[[gnu::always_inline]] inline Cycles issue_blocks(std::span<const BlockPair<Count>> pairs, std::size_t length,
                                                  Count depth, std::size_t banks, Count* held_counts, Count* peaks,
                                                  bool& waited) {
    using Lanes = typename BankQueues<Count>::Lanes;
    constexpr std::size_t kWidth = sizeof(Lanes) / sizeof(Count);
    constexpr std::size_t kRegisters = Common ? 1 : BankQueues<Count>::kMaximumBanks / kWidth;
    const std::size_t registers = Common ? 1 : banks / kWidth;
    Lanes held[kRegisters];
    Lanes next[kRegisters];
    __builtin_memcpy(held, held_counts, registers * sizeof(Lanes));
    Lanes fullest_of_all = load<Lanes>(peaks);
    Cycles cycles = 0;
    bool late = waited;
    for (const BlockPair<Count>& pair : pairs) {
        Row<Count, Common> row(pair, banks);
        for (std::size_t first = 0; first < pair.places.size(); first += length) {
            row.take(pair.places.data() + first, std::min(length, pair.places.size() - first));
            // Mostly nothing waits, and rows where something does come together.
            if (!late) {
                const Lanes fullest = row.pass(held, next);
                if (!any_above(fullest, Lanes{} + depth)) {
                    fullest_of_all = fullest_of_all > fullest ? fullest_of_all : fullest;
                    std::copy_n(next, registers, held);
                    cycles += pair.vectors;
                    continue;
                }
            }
            const Cycles taken = row.pass_waiting(held, depth, fullest_of_all);
            late = taken > pair.vectors;
            cycles += taken;
        }
    }
    waited = late;
    __builtin_memcpy(held_counts, held, registers * sizeof(Lanes));
    __builtin_memcpy(peaks, &fullest_of_all, sizeof fullest_of_all);
    return cycles;
}

// The published machine's widths, and any.
template <class Count>
NONZERO_VECTOR_CLONES Cycles issue_common(std::span<const BlockPair<Count>> pairs, std::size_t length, Count depth,
                                          std::size_t banks, Count* held, Count* peaks, bool& waited) {
    return issue_blocks<Count, true>(pairs, length, depth, banks, held, peaks, waited);
}
template <class Count>
NONZERO_VECTOR_CLONES Cycles issue_any(std::span<const BlockPair<Count>> pairs, std::size_t length, Count depth,
                                       std::size_t banks, Count* held, Count* peaks, bool& waited) {
    return issue_blocks<Count, false>(pairs, length, depth, banks, held, peaks, waited);
}

}  // namespace

template <class Count>
Cycles BankQueues<Count>::issue_blocks(std::span<const BlockPair<Count>> pairs, std::size_t length) {
    const std::size_t banks = held_.size();
    if (!single_write_) {
        const bool common = banks == sizeof(Lanes) / sizeof(Count) && length <= kLanesAtOnce;
        return (common ? issue_common<Count> : issue_any<Count>)(pairs, length, depth_, banks, held_.data(),
                                                                 peaks_.data(), late_);
    }
    Cycles cycles = 0;
    for (const BlockPair<Count>& pair : pairs) {
        for (std::size_t first = 0; first < pair.places.size(); first += length) {
            const auto row = pair.places.subspan(first, std::min(length, pair.places.size() - first));
            for (std::size_t vector = 0; vector < pair.vectors; ++vector) {
                std::fill(products_.begin(), products_.end(), Count(0));
                for (const std::uint32_t place : row) {
                    const Count* const of_lane = pair.table + (place * pair.vectors + vector) * banks;
                    for (std::size_t bank = 0; bank < banks; ++bank) {
                        products_[bank] = Count(products_[bank] + of_lane[bank]);
                    }
                }
                cycles += issue_single(products_.data());
            }
        }
    }
    return cycles;
}

template class BankQueues<std::uint8_t>;
template class BankQueues<std::uint16_t>;

}  // namespace nonzero::scnn
