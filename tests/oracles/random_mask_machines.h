#pragma once
// Random layers of every mapping, and random machines of phantom_facts.md 9, for the oracles and for the models that
// are compared with them.

#include <algorithm>
#include <random>
#include <string>

#include "tests/common/random_layers.h"
#include "tests/oracles/eyeriss_v2_oracle.h"
#include "tests/oracles/phantom_oracle.h"
#include "tests/oracles/sparten_oracle.h"

namespace nonzero::test {

// Both bounds included.
inline int pick(std::mt19937_64& random, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
}
inline bool one_in(std::mt19937_64& random, int n) {
    return pick(random, 1, n) == 1;
}

// Any kernel, stride, padding, dilation and grouping; a third are pointwise or fully connected.
inline RandomLayer random_mask_layer(std::mt19937_64& random, int number) {
    if (one_in(random, 5))
        return random_fully_connected(random, number);
    RandomLayer result;
    Layer& layer = result.layer;
    layer.name = "random_" + std::to_string(number);
    const bool depthwise = one_in(random, 4);
    layer.groups = depthwise ? pick(random, 2, 9) : (one_in(random, 4) ? pick(random, 2, 3) : 1);
    layer.kind = depthwise ? LayerKind::depthwise : LayerKind::convolution;
    layer.C = layer.groups * (depthwise ? 1 : pick(random, 1, 21));
    layer.K = layer.groups * (depthwise ? (one_in(random, 4) ? 2 : 1) : pick(random, 1, 40));
    const bool pointwise = one_in(random, 4);
    layer.KH = pointwise ? 1 : pick(random, 1, 7);
    layer.KW = pointwise ? 1 : (one_in(random, 3) ? pick(random, 1, 7) : layer.KH);
    layer.stride_y = one_in(random, 3) ? pick(random, 1, 3) : 1;
    layer.stride_x = one_in(random, 4) ? pick(random, 1, 3) : layer.stride_y;
    layer.dilation_y = one_in(random, 6) ? 2 : 1;
    layer.dilation_x = one_in(random, 6) ? 2 : 1;
    layer.pad = {pick(random, 0, layer.KH - 1), pick(random, 0, layer.KW - 1), pick(random, 0, layer.KH - 1),
                 pick(random, 0, layer.KW - 1)};
    const int height = layer.dilation_y * (layer.KH - 1) + 1;
    const int width = layer.dilation_x * (layer.KW - 1) + 1;
    layer.H = pick(random, std::max(1, height - layer.pad.top - layer.pad.bottom), 16);
    layer.W = pick(random, std::max(1, width - layer.pad.left - layer.pad.right), 16);
    const double densities[] = {0.0, 0.05, 0.15, 0.35, 0.7, 1.0};
    result.input = random_operands(random, layer.input_shape(), densities[pick(random, 0, 5)], 200);
    result.weights = random_operands(random, layer.weight_shape(), densities[pick(random, 0, 5)], 200);
    return result;
}

// Every switch, in the combinations that have a rule.
inline oracle::PhantomConfig random_phantom(std::mt19937_64& random) {
    using oracle::PhantomConfig;
    PhantomConfig config;
    const int lookaheads[] = {1, 2, 3, 6, 9, 18, 27, 40, 64, 100};
    config.lookahead = lookaheads[pick(random, 0, 9)];
    config.lookahead_counts_masks = one_in(random, 6);
    config.selector = PhantomConfig::Selector(pick(random, 0, 2));
    config.run_on = !one_in(random, 4);
    config.drop_empty = !one_in(random, 4);
    config.map = PhantomConfig::Map(pick(random, 0, 2));
    config.sort_filters = !one_in(random, 4);
    config.mesh_rows = one_in(random, 2) ? pick(random, 1, 9) : 7;
    config.mesh_columns = one_in(random, 2) ? pick(random, 1, 9) : 4;
    config.dynamic_mesh = one_in(random, 4);
    config.one_pe_of_nine = one_in(random, 5);
    config.fill = one_in(random, 2) ? pick(random, 0, 12) : 7;
    config.dense = one_in(random, 8);
    if (one_in(random, 4)) {
        config.output_buffer_depth = pick(random, 1, 120);
    } else {
        config.columns = PhantomConfig::Columns(pick(random, 0, 2));
        config.refill = PhantomConfig::Refill(pick(random, 0, 1));
        config.entry_split = config.refill == PhantomConfig::batch && one_in(random, 4);
    }
    if (!config.entry_split && !config.one_pe_of_nine && one_in(random, 3))
        config.l2_rate = pick(random, 1, 9);
    return config;
}

inline oracle::SpartenConfig random_sparten(std::mt19937_64& random) {
    oracle::SpartenConfig config;
    config.clusters = pick(random, 1, 9);
    config.units = pick(random, 1, 33);
    config.chunk_positions = one_in(random, 2) ? pick(random, 1, 200) : 128;
    config.balancing = oracle::SpartenConfig::Balancing(pick(random, 0, 2));
    config.barrier = oracle::SpartenConfig::Barrier(pick(random, 0, 1));
    config.start = one_in(random, 2) ? pick(random, 0, 6) : 0;
    return config;
}

inline oracle::EyerissV2Config random_eyeriss_v2(std::mt19937_64& random) {
    oracle::EyerissV2Config config;
    config.cluster_rows = 1 << pick(random, 0, 3);
    config.cluster_columns = 1 << pick(random, 0, 2);
    config.M0 = one_in(random, 2) ? pick(random, 1, 32) : 32;
    config.empty_column = pick(random, 0, 1);
    config.fill = one_in(random, 2) ? pick(random, 0, 12) : 7;
    return config;
}

}  // namespace nonzero::test
