#include "models/scnn/issue_stage.h"

#include <algorithm>

namespace nonzero::scnn {

template <class Count>
void IssueStage<Count>::run(const ActivationBlocks& activations, std::size_t block_number,
                            const CrossbarRouting<Count>& routing, const WeightVectors& weights,
                            const WeightArrival* arrival) {
    const ActivationBlock& block = activations.blocks[block_number];
    if (block.entries == 0 || weights.entries == 0) {
        if (arrival != nullptr) {
            // Skipped without a cycle, but not before it has arrived.
            for (std::size_t n = 0; n < arrival->arrived.size(); ++n) {
                arrival->consumed[n] = std::max(now_, arrival->arrived[n]);
            }
        }
        return;
    }
    const std::span<const std::uint32_t> places(activations.place_class.data() + block.begin, block.entries);
    const std::uint64_t pairs = std::uint64_t(block.entries) * weights.entries;
    const std::uint64_t products = std::uint64_t(block.operands) * weights.operands;
    std::uint64_t kept = products;
    if (!block.interior) {
        kept = 0;
        for (const std::uint32_t place : places) {
            kept += routing.kept(place);
            counts_.dropped += routing.dropped(place);
        }
    }
    const std::uint64_t slots = std::uint64_t(block.vectors) * weights.vectors;
    counts_.products += products;
    counts_.kept += kept;
    counts_.useful += all_compressed_ ? kept : count_useful(activations, block, routing, weights);
    counts_.placeholder += pairs - products;
    counts_.unused_activation_lanes += std::uint64_t(block.unused_lanes) * weights.vectors;
    counts_.unused_weight_lanes += std::uint64_t(block.entries) * weights.unused_lanes;
    counts_.activation_vectors += block.vectors;

    const bool may_be_void = kept != pairs;
    if (infinite_ && !may_be_void && waves_ == nullptr && arrival == nullptr) {
        counts_.busy += slots;
        now_ += slots;
        return;
    }
    run_vectors(places, routing, may_be_void, arrival);
}

template <class Count>
std::uint64_t IssueStage<Count>::count_useful(const ActivationBlocks& activations, const ActivationBlock& block,
                                              const CrossbarRouting<Count>& routing,
                                              const WeightVectors& weights) const {
    if (block.interior) {
        return std::uint64_t(block.non_zeros) * weights.non_zeros;
    }
    std::uint64_t useful = 0;
    if (!dense_activations_) {  // every entry is one, or a placeholder, whose class has none
        for (std::uint32_t n = 0; n < block.entries; ++n) {
            useful += routing.useful(activations.place_class[block.begin + n]);
        }
    } else {
        for (std::uint32_t n = 0; n < block.non_zeros; ++n) {
            useful += routing.useful(activations.non_zero_places[block.first_non_zero + n]);
        }
    }
    return useful;
}

template <class Count>
void IssueStage<Count>::run_vectors(std::span<const std::uint32_t> places, const CrossbarRouting<Count>& routing,
                                    bool may_be_void, const WeightArrival* arrival) {
    const std::size_t vectors = routing.vectors();
    const Count* lanes[kMaximumLanes];
    for (std::size_t first = 0; first < places.size(); first += i_) {
        const std::size_t last = std::min(first + i_, places.size());
        std::size_t lane_count = 0;
        for (std::size_t n = first; n < last; ++n) {
            if (places[n] != CoordinateComputation::kVoid) {
                lanes[lane_count++] = routing.of(places[n]);
            }
        }
        const auto row = places.subspan(first, last - first);
        const std::size_t busy = may_be_void ? count_busy(row, routing) : vectors;
        counts_.busy += busy;
        counts_.void_slots += vectors - busy;
        if (waves_ == nullptr && arrival == nullptr) {
            const Cycles cycles = infinite_ ? vectors : queues_.issue_row(lanes, lane_count, vectors);
            counts_.conflict += cycles - vectors;
            now_ += cycles;
        } else {
            issue_one_by_one(row, lanes, lane_count, routing, arrival, first == 0, last == places.size());
        }
    }
}

template <class Count>
std::size_t IssueStage<Count>::count_busy(std::span<const std::uint32_t> places,
                                          const CrossbarRouting<Count>& routing) {
    std::size_t busy = 0;
    const std::span<const std::uint64_t> used = routing.used_taps();
    if (used.size() != 1) {
        for (std::size_t vector = 0; vector < routing.vectors(); ++vector) {
            busy += is_busy(places, routing, vector) ? 1 : 0;
        }
        return busy;
    }
    // The kernels that matter have at most 64 taps per phase.
    std::uint64_t inside = 0;
    for (const std::uint32_t place : places) {
        inside |= routing.inside(place)[0];
    }
    const std::uint64_t* const taps = routing.vector_taps(0).data();
    for (std::size_t vector = 0; vector < routing.vectors(); ++vector) {
        busy += (taps[vector] & inside) != 0 ? 1 : 0;
    }
    return busy;
}

template <class Count>
bool IssueStage<Count>::is_busy(std::span<const std::uint32_t> places, const CrossbarRouting<Count>& routing,
                                std::size_t vector) {
    const std::span<const std::uint64_t> taps = routing.vector_taps(vector);
    for (std::size_t word = 0; word < taps.size(); ++word) {
        for (const std::uint32_t place : places) {
            if ((routing.inside(place)[word] & taps[word]) != 0) {
                return true;
            }
        }
    }
    return false;
}

template <class Count>
void IssueStage<Count>::issue_one_by_one(std::span<const std::uint32_t> places, const Count* const* lanes,
                                         std::size_t lane_count, const CrossbarRouting<Count>& routing,
                                         const WeightArrival* arrival, bool first, bool last) {
    const std::size_t banks = routing.banks();
    for (std::size_t vector = 0; vector < routing.vectors(); ++vector) {
        if (arrival != nullptr && first && arrival->arrived[vector] > now_) {
            const Cycles wait = arrival->arrived[vector] - now_;
            if (!infinite_) {
                queues_.idle(wait);
            }
            note(now_, wait, SlotState::weight_fifo, infinite_ ? 0 : queues_.fullest());
            counts_.weight_fifo += wait;
            now_ += wait;
        }
        Cycles cycles = 1;
        if (!infinite_) {
            std::fill(sum_.begin(), sum_.end(), Count(0));
            for (std::size_t lane = 0; lane < lane_count; ++lane) {
                const Count* const products = lanes[lane] + vector * banks;
                for (std::size_t bank = 0; bank < banks; ++bank) {
                    sum_[bank] = Count(sum_[bank] + products[bank]);
                }
            }
            cycles = queues_.issue(sum_.data());
        }
        counts_.conflict += cycles - 1;
        if (waves_ != nullptr) {
            note_vector(cycles, is_busy(places, routing, vector));
        }
        now_ += cycles;
        if (arrival != nullptr && last) {
            arrival->consumed[vector] = now_;
        }
    }
}

template <class Count>
void IssueStage<Count>::run_single(std::span<const std::int16_t> banks, std::uint64_t useful) {
    if (banks.empty()) {
        return;
    }
    ++counts_.activation_vectors;
    counts_.useful += useful;
    for (std::size_t first = 0; first < banks.size(); first += f_) {
        const auto vector = banks.subspan(first, std::min(f_, banks.size() - first));
        std::size_t products = 0;
        for (const std::int16_t bank : vector) {
            if (bank != kNoBank) {
                ++sum_[std::size_t(bank)];
                ++products;
            }
        }
        const Cycles cycles = infinite_ ? 1 : queues_.issue(sum_.data());
        for (const std::int16_t bank : vector) {
            if (bank != kNoBank) {
                sum_[std::size_t(bank)] = 0;
            }
        }
        counts_.products += products;
        counts_.kept += products;
        counts_.placeholder += vector.size() - products;
        counts_.unused_activation_lanes += i_ - 1;
        counts_.unused_weight_lanes += f_ - vector.size();
        ++(products > 0 ? counts_.busy : counts_.void_slots);
        counts_.conflict += cycles - 1;
        if (waves_ != nullptr) {
            note_vector(cycles, products > 0);
        }
        now_ += cycles;
    }
}

template <class Count>
void IssueStage<Count>::note_vector(Cycles cycles, bool busy) {
    const std::uint32_t after = infinite_ ? 0 : queues_.fullest();
    // While a vector waits, its fullest queue is full.
    note(now_, 1, busy ? SlotState::busy : SlotState::void_slot, cycles > 1 ? queues_.peak() : after);
    if (cycles > 1) {
        note(now_ + 1, cycles - 1, SlotState::conflict, queues_.peak());
    }
}

template <class Count>
SlotCounts IssueStage<Count>::end_group() {
    counts_.unused_activation_lanes *= f_;
    counts_.weight_vectors = counts_.slots();
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

template class IssueStage<std::uint8_t>;
template class IssueStage<std::uint16_t>;

AnyIssueStage make_issue_stage(const ScnnParameters& parameters) {
    if (narrow_counts(parameters)) {
        return IssueStage<std::uint8_t>(parameters);
    }
    return IssueStage<std::uint16_t>(parameters);
}

}  // namespace nonzero::scnn
