#pragma once
// Random layers of the four mappings and random switches of Phantom-2D (phantom_facts.md 9 and 9.4).

#include <cstdint>
#include <random>
#include <vector>

#include "tests/oracles/phantom_oracle.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::test {

struct PhantomLayer {
    Layer layer;
    Operands input;
    Operands weights;
};

inline Operands phantom_operands(std::mt19937& random, const std::vector<std::size_t>& shape) {
    Operands values(shape);
    const int zeros = int(random() % 10);
    for (std::int16_t& value : values.data) {
        value = int(random() % 10) < zeros ? std::int16_t{0} : std::int16_t(int(random() % 15) - 7);
    }
    return values;
}

// mapping: 0 convolution, 1 depthwise, 2 pointwise, 3 fully connected.
inline PhantomLayer random_phantom_layer(std::mt19937& random, int mapping) {
    const auto up_to = [&](int most) { return 1 + int(random() % unsigned(most)); };
    PhantomLayer problem;
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
    problem.input = phantom_operands(random, layer.input_shape());
    problem.weights = phantom_operands(random, layer.weight_shape());
    return problem;
}

inline oracle::PhantomConfig random_phantom_config(std::mt19937& random) {
    using oracle::PhantomConfig;
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

}  // namespace nonzero::test
