#pragma once
// The issue stage of a PE, between its operands and its multipliers: which vector of products issues in which cycle,
// and how every slot and lane is spent (scnn_facts.md 10.1, 10.9 rules 6, 7, 9, 14). Plain C++; coupled within a cycle
// to the bank queues behind the crossbar, so it owns them.

#include <algorithm>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "models/scnn/bank_queues.h"
#include "models/scnn/crossbar_routing.h"
#include "models/scnn/operand_blocks.h"
#include "models/scnn/parameters.h"
#include "models/scnn/slot_counts.h"
#include "models/scnn/weight_block.h"

namespace nonzero::scnn {

enum class SlotState : std::uint8_t {
    idle = 0,
    busy = 1,
    void_slot = 2,
    conflict = 3,
    bank_drain = 4,
    weight_fifo = 5
};

// One stretch of cycles in which a PE is in one state, for waves. Offsets count from the begin of the group.
struct SlotStretch {
    Cycles begin;
    Cycles length;
    SlotState state;
    std::uint32_t queue;  // fullest queue at the end of the stretch
};

// With weights.skew = fifo: when each weight vector of the block has arrived, and when this PE has done with it; in
// cycles since the begin of the group.
struct WeightArrival {
    std::span<const Cycles> arrived;
    std::span<Cycles> consumed;
};

template <class Count>
class IssueStage {
  public:
    using CountType = Count;

    explicit IssueStage(const ScnnParameters& parameters)
        : f_(std::size_t(parameters.f)),
          i_(std::size_t(parameters.i)),
          infinite_(parameters.queue_infinite),
          dense_activations_(parameters.activations == OperandStorage::dense),
          all_compressed_(!dense_activations_ && parameters.weights == OperandStorage::compressed),
          queues_(parameters.accumulator_banks, parameters.queue_depth,
                  parameters.crossbar_write == CrossbarWrite::single),
          sum_(std::size_t(BankQueues<Count>::padded(parameters.accumulator_banks)), 0) {}

    // waves: where to note every stretch of cycles, or nullptr.
    void begin_group(std::vector<SlotStretch>* waves) {
        counts_ = {};
        now_ = 0;
        queues_.clear();
        std::fill(sum_.begin(), sum_.end(), Count(0));
        waves_ = waves;
    }

    // Weight blocks, each with its routing, against the activations of the same channels and phases. A pair of blocks
    // with an empty side costs nothing and leaves the queues alone. arrival: of a single block.
    void run(const ActivationBlocks& activations, std::span<const WeightBlock> weights,
             std::span<const CrossbarRouting<Count>> routings, const WeightArrival* arrival = nullptr);

    // One activation alone in its vector against weights that go to these banks (kNoBank: a placeholder), as in fully
    // connected layers; useful: products of two non-zeros among them. No weights cost nothing.
    static constexpr std::int16_t kNoBank = -1;
    void run_single(std::span<const std::int16_t> banks, std::uint64_t useful);

    // Drains the queues (scnn_facts.md 10.9 rule 9) and returns the counts of the group.
    SlotCounts end_group();

  private:
    // Products of two non-zeros inside the plane, where zeros are operands too.
    std::uint64_t count_useful(const ActivationBlocks& activations, const ActivationBlock& block,
                               const CrossbarRouting<Count>& routing, const WeightVectors& weights) const;
    // Whether a row has a kept product with a weight vector.
    static bool is_busy(std::span<const std::uint32_t> row, const CrossbarRouting<Count>& routing, std::size_t vector);
    void issue_one_by_one(std::span<const std::uint32_t> places, const CrossbarRouting<Count>& routing,
                          const WeightArrival* arrival);
    void issue_row(std::span<const std::uint32_t> row, const CrossbarRouting<Count>& routing,
                   const WeightArrival* arrival, bool first, bool last);
    void note_vector(Cycles cycles, bool busy);
    void note(Cycles begin, Cycles length, SlotState state, std::uint32_t queue) {
        if (waves_ != nullptr) {
            waves_->push_back({begin, length, state, queue});
        }
    }

    std::size_t f_;
    std::size_t i_;
    bool infinite_;
    bool dense_activations_;
    bool all_compressed_;
    BankQueues<Count> queues_;
    std::vector<Count> sum_;               // products per bank of the vector at issue
    std::vector<BlockPair<Count>> pairs_;  // that issue together
    SlotCounts counts_;
    Cycles now_ = 0;  // since the begin of the group
    std::vector<SlotStretch>* waves_ = nullptr;
};

extern template class IssueStage<std::uint8_t>;
extern template class IssueStage<std::uint16_t>;

// With counts as narrow as the machine's allow.
using AnyIssueStage = std::variant<IssueStage<std::uint8_t>, IssueStage<std::uint16_t>>;
AnyIssueStage make_issue_stage(const ScnnParameters& parameters);

}  // namespace nonzero::scnn
