// The oracle of Phantom-2D by the worked examples and unit layers of phantom_facts.md 9.1 and 9.4.
#include "tests/oracles/phantom_oracle.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/oracles/closed_form_layers.h"
#include "workloads/reference.h"

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::PhantomConfig;
using oracle::PhantomResult;
using oracle::simulate_phantom;
using test::closed_form_layer;
using test::ClosedFormLayer;

const std::vector<std::string> kUnits = {"U1", "U2", "U3", "U4", "U5", "U6", "U7"};

PhantomResult run(const std::string& name, const PhantomConfig& config) {
    const ClosedFormLayer unit = closed_form_layer(name);
    PhantomResult r = simulate_phantom(unit.layer, unit.input, unit.weights, config);
    INFO(name);
    CHECK(r.output == convolve(unit.layer, unit.input, unit.weights));
    CHECK(attribution_closes(r, config));
    return r;
}

// Cycles of the unit layers.
std::vector<std::uint64_t> cycles(const PhantomConfig& config) {
    std::vector<std::uint64_t> result;
    result.reserve(kUnits.size());
    for (const std::string& name : kUnits)
        result.push_back(run(name, config).cycles);
    return result;
}
using Row = std::vector<std::uint64_t>;

// A layer of one row of windows whose entries are the given counts: 3 x 3 taps of column 0 alone.
PhantomResult run_entries(const std::vector<int>& counts, const PhantomConfig& config) {
    Layer layer;
    layer.C = layer.K = 1;
    layer.H = 3;
    layer.KH = 3;
    layer.W = int(counts.size());
    Operands input(layer.input_shape());
    for (std::size_t x = 0; x < counts.size(); ++x)
        for (int y = 0; y < counts[x]; ++y)
            input.at(0, std::size_t(y), x) = 1;
    return simulate_phantom(layer, input, Operands(layer.weight_shape(), std::int16_t{1}), config);
}

}  // namespace

TEST_CASE("six entries of one Phantom PE by hand") {
    PhantomConfig config;
    config.fill = 0;
    CHECK(run_entries({2, 2, 1, 0, 3, 1}, config).cycles == 3);
    config.selector = PhantomConfig::in_order;
    CHECK(run_entries({2, 2, 1, 0, 3, 1}, config).cycles == 4);
}

TEST_CASE("a sliding window pays for a window of zeros, by hand") {
    PhantomConfig config;
    config.fill = 0;
    config.lookahead = 2;
    config.refill = PhantomConfig::sliding;
    CHECK(run_entries({1, 0, 0, 0, 0, 1}, config).cycles == 3);
}

TEST_CASE("the best-fit selector takes the oldest entry first, by hand") {
    // Windows that share no input hold 3, 3, 3, 4, 5 products: {3, 5} {3, 4} {3}, and not {5, 4} {3, 3, 3}.
    Layer layer;
    layer.C = layer.K = 1;
    layer.H = layer.KH = layer.KW = layer.stride_x = 3;
    layer.W = 15;
    Operands input(layer.input_shape());
    const int counts[] = {3, 3, 3, 4, 5};
    for (int x = 0; x < 5; ++x)
        for (int i = 0; i < counts[x]; ++i)
            input.at(0, std::size_t(i / 3), std::size_t(3 * x + i % 3)) = 1;
    PhantomConfig config;
    config.fill = 0;
    config.one_pe_of_nine = true;
    config.selector = PhantomConfig::best_fit;
    CHECK(simulate_phantom(layer, input, Operands(layer.weight_shape(), std::int16_t{1}), config).cycles == 3);
}

TEST_CASE("zeros that no batch has loaded hold the output buffer, by hand") {
    // Columns 0 and 1 read 3,3 0,0 0,3 and 0,0 0,0 0,3 in batches of two. In the third cycle slot 4 of PE 0 is not
    // loaded, so that PE 1 must not take slot 5 with a buffer of one slot.
    Layer layer;
    layer.C = layer.K = 1;
    layer.H = layer.KH = layer.KW = 3;
    layer.W = 13;
    layer.stride_x = 2;
    Operands input(layer.input_shape());
    for (std::size_t y = 0; y < 3; ++y)
        for (const std::size_t x : {0U, 2U, 10U, 11U})
            input.at(0, y, x) = 1;
    Operands weights(layer.weight_shape(), std::int16_t{1});
    for (std::size_t y = 0; y < 3; ++y)
        weights.at(0, 0, y, 2) = 0;
    PhantomConfig config;
    config.fill = 0;
    config.lookahead = 2;
    config.output_buffer_depth = 1;
    const PhantomResult r = simulate_phantom(layer, input, weights, config);
    CHECK(r.cycles == 4);
    CHECK(r.stall == 1);
    CHECK(r.zero_batches == 3);
    CHECK(r.busy == 4 + 3);
}

TEST_CASE("columns of zero inputs keep their place in the map of neurons, by hand") {
    // Three equal neurons: weights 3, 2, 1 in the columns of both planes; the inputs of the first and the last column
    // are zeros. Loads of 9, 6, 3 after the first plane put the second one's columns of 3 and 2 on PEs 2 and 1.
    Layer layer;
    layer.C = 18;
    layer.K = 3;
    Operands input(layer.input_shape(), std::int16_t{1});
    Operands weights(layer.weight_shape());
    for (std::size_t c = 0; c < 18; ++c) {
        if (c < 3 || c >= 15)
            input.data[c] = 0;
        for (std::size_t k = 0; k < 3; ++k)
            weights.at(k, c, 0, 0) = c % 3 < 3 - c % 9 / 3;
    }
    PhantomConfig config;
    config.fill = 0;
    config.mesh_rows = config.mesh_columns = 1;
    const PhantomResult r = simulate_phantom(layer, input, weights, config);
    CHECK(r.cycles == 6);
    CHECK(r.products == 3 * (2 + 1 + 3 + 2));
}

TEST_CASE("three columns of one Phantom core by hand") {
    Layer layer;
    layer.C = layer.K = 1;
    layer.H = layer.KH = layer.KW = 3;
    layer.W = 5;
    Operands input(layer.input_shape());
    input.data = {1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1};
    Operands weights(layer.weight_shape());
    weights.data = {1, 0, 1, 0, 1, 0, 1, 1, 0};
    PhantomConfig config;
    config.fill = 0;
    const PhantomResult r = simulate_phantom(layer, input, weights, config);
    CHECK(r.cycles == 2);
    CHECK(r.products == 8);
    CHECK(r.busy == 1 + 2 + 1);
    CHECK(r.output.data == std::vector<std::int64_t>{3, 3, 2});
}

TEST_CASE("unit layers on Phantom-2D") {
    struct Golden {
        const char* layer;
        std::uint64_t cycles, products, busy, zero_batches;
    };
    for (const Golden& golden :
         {Golden{"U1", 65, 2908, 1080, 10}, Golden{"U2", 24, 840, 308, 2}, Golden{"U3", 99, 6798, 2464, 8},
          Golden{"U4", 27, 697, 259, 0}, Golden{"U5", 10, 380, 156, 0}, Golden{"U6", 8, 108, 84, 3},
          Golden{"U7", 63, 2399, 867, 3}}) {
        const PhantomResult r = run(golden.layer, {});
        INFO(golden.layer);
        CHECK(r.cycles == golden.cycles);
        CHECK(r.products == golden.products);
        CHECK(r.busy == golden.busy);
        CHECK(r.zero_batches == golden.zero_batches);
        CHECK(r.stall == 0);
    }
}

TEST_CASE("unit layers with a lookahead of 9") {
    PhantomConfig config;
    config.lookahead = 9;
    CHECK(cycles(config) == Row{67, 26, 108, 27, 10, 8, 69});
    config.selector = PhantomConfig::in_order;
    CHECK(cycles(config) == Row{68, 27, 111, 28, 10, 8, 70});
}

TEST_CASE("a lookahead counted in masks is a third in windows") {
    PhantomConfig masks;
    masks.lookahead_counts_masks = true;
    PhantomConfig windows;
    windows.lookahead = 9;
    CHECK(cycles(masks) == cycles(windows));
}

TEST_CASE("unit layers with a sliding window") {
    PhantomConfig config;
    config.refill = PhantomConfig::sliding;
    CHECK(cycles(config) == Row{62, 24, 97, 27, 10, 8, 63});
    config.selector = PhantomConfig::in_order;
    CHECK(cycles(config) == Row{64, 25, 100, 28, 10, 8, 66});
}

TEST_CASE("unit layers with split entries") {
    PhantomConfig config;
    config.entry_split = true;
    CHECK(cycles(config) == Row{63, 24, 97, 26, 10, 8, 63});
}

TEST_CASE("unit layers with the best-fit selector") {
    PhantomConfig config;
    config.selector = PhantomConfig::best_fit;
    CHECK(cycles(config) == Row{63, 24, 98, 27, 10, 8, 63});
}

TEST_CASE("unit layers with a barrier of the columns at every plane") {
    PhantomConfig config;
    config.columns = PhantomConfig::barrier_plane;
    CHECK(cycles(config) == Row{97, 32, 197, 39, 12, 10, 71});
    config.lookahead = 3;
    CHECK(cycles(config) == Row{107, 36, 244, 40, 13, 10, 78});
}

TEST_CASE("unit layers with a barrier of the columns at every batch") {
    PhantomConfig config;
    config.columns = PhantomConfig::barrier_batch;
    CHECK(cycles(config) == Row{97, 32, 197, 39, 12, 10, 71});
    config.lookahead = 3;
    CHECK(cycles(config) == Row{107, 36, 244, 40, 13, 10, 78});
}

TEST_CASE("unit layers with the columns fixed or rotated") {
    PhantomConfig config;
    config.map = PhantomConfig::fixed;
    CHECK(cycles(config) == Row{82, 29, 159, 39, 10, 8, 64});
    config.map = PhantomConfig::rotate;
    CHECK(cycles(config) == Row{82, 29, 117, 27, 11, 8, 63});
}

TEST_CASE("unit layers on a dynamic mesh") {
    PhantomConfig config;
    config.dynamic_mesh = true;
    CHECK(cycles(config) == Row{35, 20, 52, 23, 10, 8, 41});
}

TEST_CASE("unit layers with an L2 of three sums a cycle") {
    PhantomConfig config;
    config.l2_rate = 3;
    CHECK(cycles(config) == Row{92, 32, 181, 32, 15, 9, 104});
}

TEST_CASE("unit layers on cores of one PE") {
    PhantomConfig config;
    config.one_pe_of_nine = true;
    CHECK(cycles(config) == Row{57, 22, 97, 22, 9, 8, 50});
}

TEST_CASE("unit layers in dense mode") {
    PhantomConfig config;
    config.dense = true;
    CHECK(cycles(config) == Row{208, 64, 640, 50, 38, 13, 136});
}

TEST_CASE("larger layers on Phantom-2D") {
    struct Golden {
        const char* layer;
        std::uint64_t cycles, jobs, products, busy, zero_batches, entries, lookahead_9;
    };
    for (const Golden& golden :
         {Golden{"V1", 2816, 40, 326428, 116353, 292, 454005, 3206}, Golden{"V3", 62, 1, 10800, 4126, 24, 32100, 80},
          Golden{"V5", 440, 12, 54824, 19944, 368, 90992, 484}}) {
        const PhantomResult r = run(golden.layer, {});
        INFO(golden.layer);
        CHECK(r.cycles == golden.cycles);
        CHECK(r.jobs == golden.jobs);
        CHECK(r.products == golden.products);
        CHECK(r.busy == golden.busy);
        CHECK(r.zero_batches == golden.zero_batches);
        CHECK(r.stream_entries == golden.entries);
        PhantomConfig config;
        config.lookahead = 9;
        CHECK(run(golden.layer, config).cycles == golden.lookahead_9);
    }
}
