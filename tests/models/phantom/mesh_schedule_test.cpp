// Whole layers through the arithmetic of Phantom-2D against the independent oracle: random layers of every mapping,
// every switch of phantom_facts.md 9 and 9.4, all causes of cycles.

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <stdexcept>

#include "models/phantom/mesh_schedule.h"
#include "tests/oracles/closed_form_layers.h"
#include "tests/oracles/phantom_oracle.h"
#include "tests/oracles/random_phantom.h"

using namespace nonzero;
using namespace nonzero::phantom;
using oracle::PhantomConfig;
using oracle::PhantomResult;
using test::random_phantom_config;
using test::random_phantom_layer;

namespace {

DilatedShape shape_of(const Layer& layer) {
    DilatedShape shape;
    shape.C = layer.C;
    shape.H = layer.H;
    shape.W = layer.W;
    shape.K = layer.K;
    shape.P = layer.P();
    shape.Q = layer.Q();
    shape.KH = layer.KH;
    shape.KW = layer.KW;
    shape.stride_y = layer.stride_y;
    shape.stride_x = layer.stride_x;
    shape.dilation_y = layer.dilation_y;
    shape.dilation_x = layer.dilation_x;
    shape.pad_top = layer.pad.top;
    shape.pad_left = layer.pad.left;
    shape.groups = layer.groups;
    return shape;
}

BitRows bits_of(const Operands& values, std::size_t rows) {
    const std::size_t bits = values.size() / rows;
    BitRows mask(rows, bits);
    for (std::size_t n = 0; n < values.size(); ++n) {
        if (values.data[n] != 0) {
            mask.set(n / bits, n % bits);
        }
    }
    return mask;
}

MeshRules rules_of(const PhantomConfig& config) {
    MeshRules rules;
    SelectionRules& selection = rules.core.selection;
    selection.lookahead = config.lookahead_counts_masks ? std::max(1, config.lookahead / 3) : config.lookahead;
    selection.threads = config.one_pe_of_nine ? 9 : 3;
    selection.selector = config.selector == PhantomConfig::out_of_order ? Selector::out_of_order
                         : config.selector == PhantomConfig::in_order   ? Selector::in_order
                                                                        : Selector::best_fit;
    selection.refill = config.refill == PhantomConfig::batch ? Refill::batch : Refill::sliding;
    selection.split_entries = config.entry_split;
    selection.most_entries = config.l2_rate < 9 ? std::max(1, config.l2_rate / 3) : 9;
    rules.core.barrier = config.columns == PhantomConfig::free            ? ColumnBarrier::none
                         : config.columns == PhantomConfig::barrier_plane ? ColumnBarrier::plane
                                                                          : ColumnBarrier::batch;
    rules.core.run_on = config.run_on;
    rules.core.buffer_depth = std::size_t(config.output_buffer_depth);
    rules.one_pe = config.one_pe_of_nine;
    rules.drop_empty = config.drop_empty;
    rules.map = config.map == PhantomConfig::greedy  ? MapRule::greedy
                : config.map == PhantomConfig::fixed ? MapRule::fixed
                                                     : MapRule::rotate;
    rules.sort_filters = config.sort_filters;
    rules.fill = Cycles(config.fill);
    return rules;
}

MeshTime run(const Layer& layer, const Operands& input, const Operands& weights, const PhantomConfig& config) {
    const Geometry geometry(shape_of(layer), config.mesh_rows, config.mesh_columns);
    const LayerMasks masks(geometry, bits_of(input, std::size_t(layer.C) * std::size_t(layer.H)),
                           bits_of(weights, std::size_t(layer.K)), config.dense);
    MeshSchedule mesh(masks, rules_of(config));
    return config.dynamic_mesh ? mesh.dynamic_layer() : mesh.layer();
}

void compare(const MeshTime& ours, const PhantomResult& oracle) {
    CHECK(ours.cycles == oracle.cycles);
    CHECK(ours.jobs == oracle.jobs);
    CHECK(ours.products == oracle.products);
    CHECK(ours.entries == oracle.stream_entries);
    CHECK(ours.zero_windows == oracle.zero_batches);
    CHECK(ours.busy == oracle.busy);
    CHECK(ours.stall == oracle.stall);
    CHECK(ours.core_barrier == oracle.core_barrier);
    CHECK(ours.mesh_barrier == oracle.mesh_barrier);
    CHECK(ours.idle == oracle.idle_core);
    CHECK(ours.fill == oracle.fill);
}

}  // namespace

TEST_CASE("Phantom-2D: random layers of every mapping and switch are the oracle's, cause by cause") {
    std::mt19937 random(11);
    std::array<int, 4> compared{};
    for (int round = 0; round < 1200; ++round) {
        const int mapping = round % 4;
        const test::PhantomLayer problem = random_phantom_layer(random, mapping);
        const PhantomConfig config = random_phantom_config(random);
        PhantomResult expected;
        try {
            expected = simulate_phantom(problem.layer, problem.input, problem.weights, config);
        } catch (const std::invalid_argument&) {
            continue;  // switches that have no rule together
        }
        INFO("round " << round);
        const MeshTime ours = run(problem.layer, problem.input, problem.weights, config);
        compare(ours, expected);
        const auto pes = std::uint64_t(config.one_pe_of_nine ? 1 : 3) * std::uint64_t(config.mesh_rows) *
                         std::uint64_t(config.mesh_columns);
        CHECK(ours.busy + ours.stall + ours.core_barrier + ours.mesh_barrier + ours.idle + ours.fill ==
              pes * ours.cycles);
        ++compared[std::size_t(mapping)];
    }
    for (const int layers : compared) {
        CHECK(layers > 100);
    }
}

TEST_CASE("Phantom-2D: golden rows of the closed-form layers") {
    struct Row {
        std::string name;
        std::uint64_t cycles, products, busy, zero_windows;
    };
    const std::vector<Row> rows{{"U1", 65, 2908, 1080, 10},  {"U2", 24, 840, 308, 2},
                                {"U3", 99, 6798, 2464, 8},   {"U4", 27, 697, 259, 0},
                                {"U5", 10, 380, 156, 0},     {"U6", 8, 108, 84, 3},
                                {"U7", 63, 2399, 867, 3},    {"V1", 2816, 326428, 116353, 292},
                                {"V3", 62, 10800, 4126, 24}, {"V5", 440, 54824, 19944, 368}};
    for (const Row& row : rows) {
        INFO(row.name);
        const auto layer = test::closed_form_layer(row.name);
        const MeshTime time = run(layer.layer, layer.input, layer.weights, {});
        CHECK(time.cycles == row.cycles);
        CHECK(time.products == row.products);
        CHECK(time.busy == row.busy);
        CHECK(time.zero_windows == row.zero_windows);
    }
}
