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

using namespace nonzero;
using namespace nonzero::phantom;
using oracle::PhantomConfig;
using oracle::PhantomResult;

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

struct Problem {
    Layer layer;
    Operands input;
    Operands weights;
};

Operands random_operands(std::mt19937& random, const std::vector<std::size_t>& shape) {
    Operands values(shape);
    const int zeros = int(random() % 10);
    for (std::int16_t& value : values.data) {
        value = int(random() % 10) < zeros ? std::int16_t{0} : std::int16_t(int(random() % 15) - 7);
    }
    return values;
}

// mapping: 0 convolution, 1 depthwise, 2 pointwise, 3 fully connected.
Problem random_problem(std::mt19937& random, int mapping) {
    const auto up_to = [&](int most) { return 1 + int(random() % unsigned(most)); };
    Problem problem;
    Layer& layer = problem.layer;
    layer.name = "random";
    layer.C = up_to(12);
    layer.K = up_to(14);
    layer.H = 3 + up_to(9);
    layer.W = mapping == 2 ? 3 + up_to(9) : 3 + up_to(80);
    layer.stride_y = up_to(3);
    layer.stride_x = up_to(3);
    if (mapping == 3) {
        layer.kind = LayerKind::fully_connected;
        layer.C = up_to(60);
        layer.K = up_to(90);
        layer.H = layer.W = layer.stride_y = layer.stride_x = 1;
    } else if (mapping != 2) {
        layer.KH = up_to(4);
        layer.KW = layer.KH == 1 ? 1 + up_to(3) : up_to(4);
        layer.dilation_y = layer.H > 2 * layer.KH ? up_to(2) : 1;
        layer.dilation_x = layer.W > 2 * layer.KW ? up_to(2) : 1;
        layer.pad = {int(random() % unsigned(layer.KH)), int(random() % unsigned(layer.KW)),
                     int(random() % unsigned(layer.KH)), int(random() % unsigned(layer.KW))};
    }
    if (mapping == 1) {
        layer.groups = 1 + up_to(11);
        layer.C = layer.groups;
        layer.K = layer.groups * up_to(2);
    } else if (mapping != 3 && random() % 3 == 0) {
        layer.groups = 2;
        layer.C = 2 * (1 + up_to(5));
        layer.K *= 2;
    }
    problem.input = random_operands(random, layer.input_shape());
    problem.weights = random_operands(random, layer.weight_shape());
    return problem;
}

PhantomConfig random_config(std::mt19937& random) {
    PhantomConfig config;
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    config.lookahead = 1 + int(random() % 40);
    config.lookahead_counts_masks = one_in(8);
    config.selector = PhantomConfig::Selector(random() % 3);
    config.refill = one_in(4) ? PhantomConfig::sliding : PhantomConfig::batch;
    config.run_on = !one_in(4);
    config.drop_empty = !one_in(4);
    config.entry_split = one_in(8);
    config.columns = one_in(3) ? PhantomConfig::Columns(random() % 3) : PhantomConfig::free;
    config.map = PhantomConfig::Map(random() % 3);
    config.sort_filters = !one_in(4);
    config.mesh_rows = 1 + int(random() % 8);
    config.mesh_columns = 1 + int(random() % 6);
    config.dynamic_mesh = one_in(5);
    config.one_pe_of_nine = one_in(6);
    config.output_buffer_depth = one_in(3) ? 1 + int(random() % 100) : 0;
    config.l2_rate = one_in(5) ? 1 + int(random() % 9) : 9;
    config.fill = int(random() % 10);
    config.dense = one_in(10);
    return config;
}

}  // namespace

TEST_CASE("Phantom-2D: random layers of every mapping and switch are the oracle's, cause by cause") {
    std::mt19937 random(11);
    std::array<int, 4> compared{};
    for (int round = 0; round < 1200; ++round) {
        const int mapping = round % 4;
        const Problem problem = random_problem(random, mapping);
        const PhantomConfig config = random_config(random);
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
