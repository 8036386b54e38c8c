#include "models/scnn/issue_stage.h"

#include <algorithm>

namespace nonzero::scnn {

template <class Count>
void IssueStage<Count>::run(const ActivationBlocks& activations, std::span<const WeightBlock> weights,
                            std::span<const CrossbarRouting<Count>> routings, const WeightArrival* arrival) {
    if (activations.entries() == 0 && arrival == nullptr) {
        return;
    }
    const bool together = waves_ == nullptr && arrival == nullptr;
    std::uint64_t slots = 0;
    std::uint64_t busy = 0;
    std::uint64_t pairs = 0;     // of entries
    std::uint64_t products = 0;  // … without placeholders
    std::uint64_t entry_slots = 0;
    pairs_.clear();
    for (std::size_t n = 0; n < weights.size(); ++n) {
        const WeightVectors& of_weights = weights[n].vectors;
        const ActivationBlock& block = activations.blocks[weights[n].block];
        if (block.entries == 0 || of_weights.entries == 0) {
            if (arrival != nullptr) {
                // Skipped without a cycle, but not before it has arrived.
                for (std::size_t vector = 0; vector < arrival->arrived.size(); ++vector) {
                    arrival->consumed[vector] = std::max(now_, arrival->arrived[vector]);
                }
            }
            continue;
        }
        const CrossbarRouting<Count>& routing = routings[n];
        const std::span<const std::uint32_t> places(activations.place_class.data() + block.begin, block.entries);
        const std::uint64_t of_pair = std::uint64_t(block.operands) * of_weights.operands;
        const std::uint64_t slots_of_pair = std::uint64_t(block.vectors) * routing.vectors();
        const typename CrossbarRouting<Count>::Reach reach = routing.reach(activations, block, i_);
        counts_.dropped += std::uint64_t(block.operands) * routing.operands() - reach.kept;
        pairs += std::uint64_t(block.entries) * of_weights.entries;
        products += of_pair;
        slots += slots_of_pair;
        busy += reach.busy;
        entry_slots += std::uint64_t(block.entries) * routing.vectors();
        counts_.kept += reach.kept;
        counts_.useful += all_compressed_ ? reach.kept : count_useful(activations, block, routing, of_weights);
        counts_.activation_vectors += block.vectors;
        if (together) {
            pairs_.push_back({places, routing.of(0), routing.vectors()});
        } else {
            issue_one_by_one(places, routing, arrival);
        }
    }
    counts_.busy += busy;
    counts_.void_slots += slots - busy;
    counts_.products += products;
    counts_.placeholder += pairs - products;
    counts_.unused_activation_lanes += slots * i_ - entry_slots;
    counts_.unused_weight_lanes += entry_slots * f_ - pairs;
    if (together) {
        const Cycles cycles = infinite_ ? slots : queues_.issue_blocks(pairs_, i_);
        counts_.conflict += cycles - slots;
        now_ += cycles;
    }
}

template <class Count>
std::uint64_t IssueStage<Count>::count_useful(const ActivationBlocks& activations, const ActivationBlock& block,
                                              const CrossbarRouting<Count>& routing,
                                              const WeightVectors& weights) const {
    if (block.border_operands == 0) {
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
bool IssueStage<Count>::is_busy(std::span<const std::uint32_t> row, const CrossbarRouting<Count>& routing,
                                std::size_t vector) {
    return std::any_of(row.begin(), row.end(), [&](std::uint32_t place) {
        return (routing.touched(place, vector / 64) >> (vector % 64) & 1) != 0;
    });
}

template <class Count>
void IssueStage<Count>::issue_one_by_one(std::span<const std::uint32_t> places, const CrossbarRouting<Count>& routing,
                                         const WeightArrival* arrival) {
    for (std::size_t first = 0; first < places.size(); first += i_) {
        issue_row(places.subspan(first, std::min(i_, places.size() - first)), routing, arrival, first == 0,
                  first + i_ >= places.size());
    }
}

template <class Count>
void IssueStage<Count>::issue_row(std::span<const std::uint32_t> row, const CrossbarRouting<Count>& routing,
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
            for (const std::uint32_t place : row) {
                const Count* const products = routing.of(place) + vector * banks;
                for (std::size_t bank = 0; bank < banks; ++bank) {
                    sum_[bank] = Count(sum_[bank] + products[bank]);
                }
            }
            cycles = queues_.issue(sum_.data());
        }
        counts_.conflict += cycles - 1;
        if (waves_ != nullptr) {
            note_vector(cycles, is_busy(row, routing, vector));
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
