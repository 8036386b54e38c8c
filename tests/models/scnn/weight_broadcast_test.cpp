// The weight broadcast: what it sends for the compressed blocks of a group, and that it sends nothing of a bad one.

#include "models/scnn/weight_broadcast.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/common/property.h"
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
    if (in_range(0, 3) == 0) {  // wide counts
        problem.parameters.queue_depth = 300;
    }
    problem.weights = random_weights(problem.shape);
    return problem;
}

template <class Count>
void compare_block(const WeightBlock& block, const CrossbarRouting<Count>& routing, const WeightBlock& expected,
                   const CrossbarRouting<Count>& expected_routing, std::size_t classes) {
    RC_ASSERT(block.block == expected.block);
    RC_ASSERT(block.vectors.entries == expected.vectors.entries);
    RC_ASSERT(block.vectors.operands == expected.vectors.operands);
    RC_ASSERT(block.vectors.non_zeros == expected.vectors.non_zeros);
    RC_ASSERT(block.vectors.vectors == expected.vectors.vectors);
    RC_ASSERT(block.operands.singles().size() == expected.operands.singles().size());
    RC_ASSERT(block.operands.rows().size() == expected.operands.rows().size());
    for (std::size_t n = 0; n < block.operands.singles().size(); ++n) {
        RC_ASSERT(block.operands.singles()[n].cell == expected.operands.singles()[n].cell);
        RC_ASSERT(block.operands.singles()[n].value == expected.operands.singles()[n].value);
    }
    for (std::size_t n = 0; n < block.operands.rows().size(); ++n) {
        RC_ASSERT(block.operands.rows()[n].cell == expected.operands.rows()[n].cell);
        RC_ASSERT(block.operands.rows()[n].values == expected.operands.rows()[n].values);
    }
    RC_ASSERT(routing.vectors() == expected_routing.vectors());
    const std::size_t size = classes * routing.vectors() * routing.banks();
    RC_ASSERT(std::equal(routing.of(0), routing.of(0) + size, expected_routing.of(0)));
}

template <class Count>
void check_group(const literal::Problem& problem, const LayerPlan& plan, const pe_array::ChannelGroup& group,
                 WeightBroadcast& broadcast, bool one_block_each) {
    const GroupOperands<Count> expected(problem, plan, group);
    const std::vector<std::uint8_t> bytes = packed(weight_image(problem, group), run_width(problem.parameters));
    std::size_t blocks = 0;
    std::uint64_t sent = 0;
    const bool sound = broadcast.group(plan, group, bytes, [&](WeightBlocks& message) {
        const auto routings = std::get<std::span<const CrossbarRouting<Count>>>(message.routings);
        RC_ASSERT(routings.size() == message.blocks.size());
        RC_ASSERT(!message.blocks.empty());
        RC_ASSERT(!one_block_each || message.blocks.size() == 1);
        for (std::size_t n = 0; n < routings.size(); ++n, ++blocks) {
            RC_ASSERT(blocks < expected.blocks.size());
            const int phase = int(message.blocks[n].block) % plan.geometry.phases();
            compare_block(message.blocks[n], routings[n], expected.blocks[blocks], expected.routings[blocks],
                          std::size_t(plan.coordinates.classes(phase)));
        }
        sent += message.payload_bytes();
        return *rc::gen::arbitrary<bool>();
    });
    RC_ASSERT(sound);
    RC_ASSERT(blocks == expected.blocks.size());
    RC_ASSERT(sent == bytes.size());
}

void check_random_groups() {
    const literal::Problem problem = random_problem();
    const LayerPlan plan(problem.shape, problem.parameters);
    const bool one_block_each = *rc::gen::arbitrary<bool>();
    const auto broadcast = make_weight_broadcast(problem.parameters, one_block_each);
    broadcast->begin_layer(plan);
    for (const pe_array::ChannelGroup& group : plan.geometry.channel_groups) {
        if (narrow_counts(problem.parameters)) {
            check_group<std::uint8_t>(problem, plan, group, *broadcast, one_block_each);
        } else {
            check_group<std::uint16_t>(problem, plan, group, *broadcast, one_block_each);
        }
    }
}

// A 1x1 layer with that many input channels, every weight `value`.
literal::Problem dense_problem(int channels, std::int16_t value) {
    literal::Problem problem;
    problem.shape.C = channels;
    problem.shape.H = problem.shape.W = problem.shape.P = problem.shape.Q = 8;
    problem.shape.K = 8;
    problem.weights = Operands({8, std::size_t(channels), 1, 1}, value);
    return problem;
}

struct Sent {
    bool sound = false;
    std::vector<std::size_t> blocks;  // per message
    std::uint64_t bytes = 0;
};
Sent send(const literal::Problem& problem, const std::vector<std::uint8_t>& bytes, bool count_only = false) {
    LayerPlan plan(problem.shape, problem.parameters);
    plan.count_only = count_only;
    const auto broadcast = make_weight_broadcast(problem.parameters, false);
    broadcast->begin_layer(plan);
    Sent sent;
    sent.sound = broadcast->group(plan, plan.geometry.channel_groups.front(), bytes, [&](WeightBlocks& message) {
        sent.blocks.push_back(message.blocks.size());
        sent.bytes += message.bytes;
        for (const WeightBlock& block : message.blocks) {
            const bool none = count_only || block.vectors.non_zeros == 0;
            CHECK((block.operands.rows().empty() && block.operands.singles().empty()) == none);
        }
        return true;
    });
    return sent;
}

}  // namespace

TEST_CASE("a group is sent as its blocks in order with their routing") {
    CHECK(test::property_holds("groups", [] { check_random_groups(); }));
}

TEST_CASE("many input channels make several messages") {
    const literal::Problem problem = dense_problem(200, 3);
    const LayerPlan plan(problem.shape, problem.parameters);
    const auto bytes = packed(weight_image(problem, plan.geometry.channel_groups.front()), RunWidth::bits4);
    const Sent sent = send(problem, bytes);
    CHECK(sent.sound);
    CHECK(sent.blocks.size() > 1);
    CHECK(std::accumulate(sent.blocks.begin(), sent.blocks.end(), std::size_t{0}) == 200);
    CHECK(sent.bytes == bytes.size());
    // Without values: the same blocks, no operands.
    CHECK(send(problem, bytes, true).blocks == sent.blocks);
}

TEST_CASE("a group without a weight is sent like any other") {
    const literal::Problem problem = dense_problem(200, 0);
    const LayerPlan plan(problem.shape, problem.parameters);
    const auto bytes = packed(weight_image(problem, plan.geometry.channel_groups.front()), RunWidth::bits4);
    CHECK(bytes.size() == 1 + 200 / 8);
    const Sent sent = send(problem, bytes);
    CHECK(sent.sound);
    CHECK(sent.blocks.size() > 1);
    CHECK(sent.bytes == bytes.size());
}

TEST_CASE("bytes that are no group are refused") {
    const literal::Problem problem = dense_problem(3, 3);
    const LayerPlan plan(problem.shape, problem.parameters);
    const auto bytes = packed(weight_image(problem, plan.geometry.channel_groups.front()), RunWidth::bits4);
    REQUIRE(send(problem, bytes).sound);
    const auto refused = [&](const std::vector<std::uint8_t>& bad) { return !send(problem, bad).sound; };
    CHECK(refused({}));
    CHECK(refused({bytes.begin(), bytes.end() - 1}));
    CHECK(refused({bytes.begin(), bytes.end() - 4}));
    std::vector<std::uint8_t> longer = bytes;
    longer.push_back(0);
    CHECK(refused(longer));
    std::vector<std::uint8_t> width = bytes;
    width[0] = 5;  // of counts up to 8
    CHECK(refused(width));
    std::vector<std::uint8_t> entries = bytes;
    entries[1] = 0x89;  // nine of 8 places
    CHECK(refused(entries));
    std::vector<std::uint8_t> runs = bytes;
    runs.back() = 0x10;  // the last entry leaves the block
    CHECK(refused(runs));
}
