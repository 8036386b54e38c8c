#include "models/scnn/multiplier_array.h"

#include <algorithm>

#include "models/common/vector_clones.h"

namespace nonzero::scnn {

namespace {

// Products per bank of one vector: the sum of its lanes' rows. The usual shape, up to four lanes over 32 banks, stays
// in vector registers.
template <class Count, std::size_t Lanes>
void sum_rows(const Count* const* rows, std::size_t offset, std::size_t banks, Count* sum) {
    constexpr std::size_t kWidth = BankQueues<Count>::kLanes;
    for (std::size_t base = 0; base < banks; base += kWidth) {
        for (std::size_t bank = base; bank < base + kWidth; ++bank) {
            Count total = rows[0][offset + bank];
            for (std::size_t lane = 1; lane < Lanes; ++lane) {
                total = Count(total + rows[lane][offset + bank]);
            }
            sum[bank] = total;
        }
    }
}

template <class Count>
void sum_rows(const Count* const* rows, std::size_t lanes, std::size_t offset, std::size_t banks, Count* sum) {
    switch (lanes) {
        case 0:
            std::fill(sum, sum + banks, Count(0));
            return;
        case 1:
            return sum_rows<Count, 1>(rows, offset, banks, sum);
        case 2:
            return sum_rows<Count, 2>(rows, offset, banks, sum);
        case 3:
            return sum_rows<Count, 3>(rows, offset, banks, sum);
        default:
            sum_rows<Count, 4>(rows, offset, banks, sum);
            for (std::size_t lane = 4; lane < lanes; ++lane) {
                for (std::size_t bank = 0; bank < banks; ++bank) {
                    sum[bank] = Count(sum[bank] + rows[lane][offset + bank]);
                }
            }
    }
}

template <class Count>
bool any(const Count* counts, std::size_t banks) {
    Count all = 0;
    for (std::size_t bank = 0; bank < banks; ++bank) {
        all = Count(all | counts[bank]);
    }
    return all != 0;
}

}  // namespace

template <class Count>
void MultiplierArray<Count>::run(const ActivationBlocks& activations, std::size_t block,
                                 const ScatterRouting<Count>& routing, const WeightVectors& weights,
                                 const WeightArrival* arrival) {
    const std::size_t begin = activations.begin[block];
    const std::size_t entries = activations.begin[block + 1] - begin;
    if (entries == 0 || weights.entries == 0) {
        if (arrival != nullptr) {
            // Skipped without a cycle, but not before it has arrived.
            for (std::size_t n = 0; n < arrival->arrived.size(); ++n) {
                arrival->consumed[n] = std::max(now_, arrival->arrived[n]);
            }
        }
        return;
    }
    const std::span<const std::uint32_t> places(activations.place_class.data() + begin, entries);
    const std::uint64_t non_zero_pairs =
        std::uint64_t(entries - activations.placeholders[block]) * (weights.entries - weights.placeholders);
    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    for (const std::uint32_t place : places) {
        kept += routing.kept(place);
        dropped += routing.dropped(place);
    }
    const std::uint64_t pairs = std::uint64_t(entries) * weights.entries;
    const std::size_t activation_vectors = (entries + i_ - 1) / i_;
    const std::size_t weight_vectors = weights.vectors(f_);
    const std::uint64_t slots = std::uint64_t(activation_vectors) * weight_vectors;
    counts_.products += non_zero_pairs;
    counts_.kept += kept;
    counts_.dropped += dropped;
    counts_.placeholder += pairs - non_zero_pairs;
    counts_.unused_activation_lanes += (activation_vectors * i_ - entries) * f_ * weight_vectors;
    counts_.unused_weight_lanes += std::uint64_t(entries) * (weight_vectors * f_ - weights.entries);
    counts_.activation_vectors += activation_vectors;
    counts_.weight_vectors += slots;

    const bool may_be_void = kept != pairs;
    if (infinite_ && !may_be_void && waves_ == nullptr && arrival == nullptr) {
        counts_.busy += slots;
        now_ += slots;
        return;
    }
    run_vectors(places, routing, may_be_void, arrival);
}

template <class Count>
NONZERO_VECTOR_CLONES void MultiplierArray<Count>::run_vectors(std::span<const std::uint32_t> places,
                                                               const ScatterRouting<Count>& routing, bool may_be_void,
                                                               const WeightArrival* arrival) {
    const std::size_t banks = routing.banks();
    const std::size_t weight_vectors = routing.vectors();
    const Count* rows[kMaximumLanes];
    for (std::size_t first = 0; first < places.size(); first += i_) {
        const std::size_t last = std::min(first + i_, places.size());
        std::size_t lanes = 0;
        for (std::size_t n = first; n < last; ++n) {
            if (places[n] != PlaceClasses::kVoid) {
                rows[lanes++] = routing.of(places[n]);
            }
        }
        for (std::size_t vector = 0; vector < weight_vectors; ++vector) {
            if (arrival != nullptr && first == 0 && arrival->arrived[vector] > now_) {
                const Cycles wait = arrival->arrived[vector] - now_;
                if (!infinite_) {
                    queues_.idle(wait);
                }
                note(now_, wait, SlotState::weight_fifo, infinite_ ? 0 : queues_.fullest());
                counts_.weight_fifo += wait;
                now_ += wait;
            }
            sum_rows(rows, lanes, vector * banks, banks, sum_.data());
            const bool busy = !may_be_void || any(sum_.data(), banks);
            const Cycles cycles = infinite_ ? 1 : queues_.issue(sum_.data());
            counts_.busy += busy ? 1 : 0;
            counts_.void_slots += busy ? 0 : 1;
            counts_.conflict += cycles - 1;
            if (waves_ != nullptr) {
                note_vector(cycles, busy);
            }
            now_ += cycles;
            if (arrival != nullptr && last == places.size()) {
                arrival->consumed[vector] = now_;
            }
        }
    }
}

template <class Count>
void MultiplierArray<Count>::note_vector(Cycles cycles, bool busy) {
    // While a vector waits, its fullest queue is full.
    const std::uint32_t after = infinite_ ? 0 : queues_.fullest();
    note(now_, 1, busy ? SlotState::busy : SlotState::void_slot, cycles > 1 ? queues_.peak() : after);
    if (cycles > 1) {
        note(now_ + 1, cycles - 1, SlotState::conflict, queues_.peak());
    }
}

template <class Count>
SlotCounts MultiplierArray<Count>::end_group() {
    if (!infinite_) {
        // One stretch per cycle, so that the waves show the queues emptying.
        for (Cycles left = queues_.fullest(); left > 0; --left) {
            note(now_, 1, SlotState::bank_drain, std::uint32_t(left - 1));
            ++now_;
            ++counts_.bank_drain;
        }
        counts_.queue_peak = queues_.peak();
        queues_.clear();
    }
    return counts_;
}

template class MultiplierArray<std::uint8_t>;
template class MultiplierArray<std::uint16_t>;

}  // namespace nonzero::scnn
