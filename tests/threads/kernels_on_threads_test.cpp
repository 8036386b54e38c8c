// Kernels that run on several threads at once give what they give on one.

#include <catch2/catch.hpp>
#include <random>
#include <variant>
#include <vector>

#include "models/base/barrier_work.h"
#include "models/scnn/convolution_datapath.h"
#include "models/scnn/weight_broadcast.h"
#include "tests/models/scnn/pe_operands.h"
#include "workloads/reference.h"
#include "workloads/thread_pool.h"

using namespace nonzero;
using namespace nonzero::scnn;

namespace {

Operands sparse_operands(std::mt19937_64& random, const std::vector<std::size_t>& shape) {
    Operands operands(shape);
    for (std::int16_t& value : operands.data) {
        value = random() % 3 == 0 ? std::int16_t(random() % 255 + 1) : std::int16_t(0);
    }
    return operands;
}

literal::Problem layer_of_an_array() {
    literal::Problem problem;
    problem.parameters.pe_rows = problem.parameters.pe_columns = 3;
    problem.shape.C = 96;
    problem.shape.H = problem.shape.W = problem.shape.P = problem.shape.Q = 13;
    problem.shape.K = 16;
    problem.shape.KH = problem.shape.KW = 3;
    problem.shape.pad_top = problem.shape.pad_left = 1;
    std::mt19937_64 random(5);
    problem.input = sparse_operands(random, {96, 13, 13});
    problem.weights = sparse_operands(random, {16, 96, 3, 3});
    return problem;
}

// What a PE has, without its module.
struct Unit {
    Unit(const literal::Problem& problem, const LayerPlan& plan, int id)
        : datapath(problem.parameters), issue(make_issue_stage(problem.parameters)) {
        const std::vector<std::uint8_t> image = packed(activation_image(problem, id), run_width(problem.parameters));
        REQUIRE(datapath.decode(plan, id, image));
        accumulators.resize(std::size_t(plan.geometry.cells()));
        accumulators.clear(0);
        std::visit([](auto& stage) { stage.begin_group(nullptr); }, issue);
    }
    ConvolutionDatapath datapath;
    AnyIssueStage issue;
    AccumulatorBanks accumulators;
};

// Slots and sums of all PEs for the first group of output channels.
std::vector<std::int64_t> group_on(ThreadPool& threads, const literal::Problem& problem, const LayerPlan& plan) {
    std::vector<Unit> units;
    units.reserve(std::size_t(plan.geometry.pes()));
    for (int id = 0; id < plan.geometry.pes(); ++id) {
        units.emplace_back(problem, plan, id);
    }
    const pe_array::ChannelGroup& group = plan.geometry.channel_groups.front();
    const std::vector<std::uint8_t> bytes = packed(weight_image(problem, group), run_width(problem.parameters));
    const auto broadcast = make_weight_broadcast(problem.parameters, false);
    broadcast->begin_layer(plan);
    BarrierWork barrier(threads);
    int messages = 0;
    const bool sound = broadcast->group(plan, group, bytes, [&](WeightBlocks& message) {
        for (std::size_t id = 0; id < units.size(); ++id) {
            Unit& unit = units[id];
            barrier.add(
                id, [&plan, &unit, message] { unit.datapath.work(plan, message, unit.issue, unit.accumulators, 0); });
        }
        ++messages;
        return false;
    });
    barrier.run();
    CHECK(sound);
    CHECK(messages > 1);
    std::vector<std::int64_t> results;
    for (Unit& unit : units) {
        results.push_back(std::int64_t(std::visit([](auto& stage) { return stage.end_group(); }, unit.issue).cycles()));
        for (int cell = 0; cell < plan.geometry.cells(); ++cell) {
            results.push_back(unit.accumulators.read(0, std::size_t(cell)));
        }
    }
    return results;
}

}  // namespace

TEST_CASE("PEs of a group on threads count and add up as on one") {
    const literal::Problem problem = layer_of_an_array();
    LayerPlan plan(problem.shape, problem.parameters);
    plan.count_only = false;
    const std::vector<std::int64_t> alone = group_on(ThreadPool::none(), problem, plan);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        ThreadPool pool(threads);
        CHECK(group_on(pool, problem, plan) == alone);
    }
}

TEST_CASE("the reference on threads is the reference") {
    std::mt19937_64 random(6);
    Layer layer;
    layer.name = "layer";
    layer.C = 8;
    layer.K = 200;
    layer.H = layer.W = 9;
    layer.KH = layer.KW = 3;
    for (const int groups : {1, 4}) {
        layer.groups = groups;
        const Operands input = sparse_operands(random, layer.input_shape());
        const Operands weights = sparse_operands(random, layer.weight_shape());
        const Psums alone = convolve(layer, input, weights);
        for (const std::size_t threads : {2U, 3U, 8U}) {
            ThreadPool pool(threads);
            CHECK((convolve(layer, input, weights, pool) == alone));
        }
    }
}
