// The issue stage with the queues behind its crossbar against scnn_facts.md 10.1 product by product: cycles, slots,
// lanes and waves of one PE.

#include "models/scnn/issue_stage.h"

#include <catch2/catch.hpp>

#include "models/scnn/operand_blocks.h"
#include "tests/common/property.h"
#include "tests/models/scnn/literal_model.h"
#include "tests/models/scnn/pe_operands.h"
#include "tests/models/scnn/random_shape.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

literal::Problem random_problem() {
    literal::Problem problem;
    problem.shape = random_shape();
    problem.parameters = random_machine();
    problem.parameters.accumulator_entries = 1 << 16;
    problem.parameters.queue_infinite = in_range(0, 4) == 0;
    problem.input = random_input(problem.shape);
    problem.weights = random_weights(problem.shape);
    return problem;
}

void check_counts(const SlotCounts& counts, const SlotCounts& expected, bool infinite) {
    RC_ASSERT(counts.busy == expected.busy);
    RC_ASSERT(counts.void_slots == expected.void_slots);
    RC_ASSERT(counts.conflict == (infinite ? 0 : expected.conflict));
    RC_ASSERT(counts.bank_drain == (infinite ? 0 : expected.bank_drain));
    RC_ASSERT(counts.weight_fifo == Cycles(0));
    RC_ASSERT(counts.products == expected.products);
    RC_ASSERT(counts.kept == expected.kept);
    RC_ASSERT(counts.dropped == expected.dropped);
    RC_ASSERT(counts.placeholder == expected.placeholder);
    RC_ASSERT(counts.unused_activation_lanes == expected.unused_activation_lanes);
    RC_ASSERT(counts.unused_weight_lanes == expected.unused_weight_lanes);
    RC_ASSERT(counts.activation_vectors == expected.activation_vectors);
    RC_ASSERT(counts.weight_vectors == expected.weight_vectors);
    RC_ASSERT(counts.queue_peak == (infinite ? 0 : expected.queue_peak));
}

// The stretches follow each other without a gap and last as long as the counts say; some show the peak.
void check_waves(const std::vector<SlotStretch>& waves, const SlotCounts& counts) {
    std::map<SlotState, Cycles> of_state;
    Cycles now = 0;
    std::uint64_t peak = 0;
    for (const SlotStretch& stretch : waves) {
        RC_ASSERT(stretch.begin == now);
        now += stretch.length;
        of_state[stretch.state] += stretch.length;
        peak = std::max<std::uint64_t>(peak, stretch.queue);
    }
    RC_ASSERT(now == counts.cycles());
    RC_ASSERT(of_state[SlotState::busy] == counts.busy);
    RC_ASSERT(of_state[SlotState::void_slot] == counts.void_slots);
    RC_ASSERT(of_state[SlotState::conflict] == counts.conflict);
    RC_ASSERT(of_state[SlotState::bank_drain] == counts.bank_drain);
    RC_ASSERT(of_state[SlotState::weight_fifo] == counts.weight_fifo);
    RC_ASSERT(peak == counts.queue_peak);
}

template <class Count>
void check_random_groups() {
    const literal::Problem problem = random_problem();
    const LayerPlan plan(problem.shape, problem.parameters);
    const int pe = in_range(0, plan.geometry.pes() - 1);
    const ActivationBlocks activations = activation_blocks(problem, plan, pe);
    IssueStage<Count> issue(problem.parameters);
    for (const pe_array::ChannelGroup& group : plan.geometry.channel_groups) {
        const GroupOperands<Count> weights(problem, plan, group);
        const SlotCounts expected = literal::work_group(problem, pe, group).counts;
        for (const bool with_waves : {false, true}) {
            std::vector<SlotStretch> waves;
            issue.begin_group(with_waves ? &waves : nullptr);
            // Messages of a few blocks.
            for (std::size_t begin = 0; begin < weights.blocks.size();) {
                const std::size_t count = std::min(weights.blocks.size() - begin, std::size_t(in_range(1, 4)));
                issue.run(activations, std::span(weights.blocks).subspan(begin, count),
                          std::span(weights.routings).subspan(begin, count));
                begin += count;
            }
            const SlotCounts counts = issue.end_group();
            check_counts(counts, expected, problem.parameters.queue_infinite);
            if (with_waves) {
                check_waves(waves, counts);
            }
        }
    }
}

// weights.skew = fifo for one PE: arrival times hold a vector back, its last use is reported. One vector per block.
struct FifoProblem {
    FifoProblem() {
        problem.shape.C = 3;
        problem.shape.H = problem.shape.P = 1;
        problem.shape.W = problem.shape.Q = 8;
        problem.shape.K = 8;
        problem.parameters.pe_rows = problem.parameters.pe_columns = 1;
        problem.input = Operands({3, 1, 8}, 1);
        problem.weights = Operands({8, 3, 1, 1}, 1);
        for (std::size_t x = 0; x < 8; ++x) {
            problem.input.at(1, 0, x) = 0;  // the middle channel is skipped
        }
    }
    literal::Problem problem;
};

}  // namespace

TEST_CASE("8-bit issue stages spend slots and lanes as the rules say") {
    CHECK(test::property_holds("issue", [] { check_random_groups<std::uint8_t>(); }));
}

TEST_CASE("16-bit issue stages spend slots and lanes as the rules say") {
    CHECK(test::property_holds("issue", [] { check_random_groups<std::uint16_t>(); }));
}

TEST_CASE("a weight vector is waited for once and consumed at its last use") {
    const FifoProblem fifo;
    const LayerPlan plan(fifo.problem.shape, fifo.problem.parameters);
    const ActivationBlocks activations = activation_blocks(fifo.problem, plan, 0);
    const GroupOperands<std::uint8_t> weights(fifo.problem, plan, plan.geometry.channel_groups.front());
    IssueStage<std::uint8_t> issue(fifo.problem.parameters);
    std::vector<SlotStretch> waves;
    issue.begin_group(&waves);
    // Two weight vectors and two activation vectors per channel.
    const std::vector<std::vector<Cycles>> arrived{{0, 5}, {20, 4}, {0, 30}};
    std::vector<std::vector<Cycles>> consumed(3, std::vector<Cycles>(2, 0));
    for (std::size_t n = 0; n < 3; ++n) {
        const WeightArrival arrival{arrived[n], consumed[n]};
        issue.run(activations, std::span(weights.blocks).subspan(n, 1), std::span(weights.routings).subspan(n, 1),
                  &arrival);
    }
    const SlotCounts counts = issue.end_group();
    // Channel 0: vector 0 at 0, vector 1 at 5, then both again at 6 and 7. Channel 2: vector 0 at 8, vector 1 at 30.
    CHECK(consumed[0] == std::vector<Cycles>{7, 8});
    CHECK(consumed[1] == std::vector<Cycles>{20, 8});
    CHECK(consumed[2] == std::vector<Cycles>{32, 33});
    CHECK(counts.weight_fifo == 4 + 21);
    CHECK(counts.busy == 8);
    CHECK(counts.conflict == 0);
    check_waves(waves, counts);
}
