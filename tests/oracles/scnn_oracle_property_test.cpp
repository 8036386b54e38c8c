// The oracle against the definition of a convolution, over random layers and machines.
#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/common/in_range.h"
#include "tests/oracles/scnn_oracle.h"

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::ScnnConfig;
using oracle::ScnnResult;
using oracle::simulate_scnn;

// Straight from the definition; also counts the products of two non-zeros.
Psums dense_convolution(const Layer& l, const Operands& x, const Operands& w, std::uint64_t& nz_macs) {
    Psums y(l.output_shape());
    nz_macs = 0;
    for (int k = 0; k < l.K; ++k)
        for (int p = 0; p < l.P(); ++p)
            for (int q = 0; q < l.Q(); ++q)
                for (int c = 0; c < l.C / l.groups; ++c)
                    for (int i = 0; i < l.KH; ++i)
                        for (int j = 0; j < l.KW; ++j) {
                            const int row = p * l.stride_y + i - l.pad.top;
                            const int column = q * l.stride_x + j - l.pad.left;
                            if (row < 0 || row >= l.H || column < 0 || column >= l.W)
                                continue;
                            const int channel = k / (l.K / l.groups) * (l.C / l.groups) + c;
                            const std::int64_t product =
                                std::int64_t(x.at(std::size_t(channel), std::size_t(row), std::size_t(column))) *
                                w.at(std::size_t(k), std::size_t(c), std::size_t(i), std::size_t(j));
                            y.at(std::size_t(k), std::size_t(p), std::size_t(q)) += product;
                            nz_macs += product != 0;
                        }
    return y;
}

// All products of non-zeros of equal channel and stride phase, inside the plane or not.
std::uint64_t cartesian_products(const Layer& l, const Operands& x, const Operands& w) {
    std::uint64_t total = 0;
    for (std::size_t k = 0; k < std::size_t(l.K); ++k)
        for (std::size_t c = 0; c < std::size_t(l.C / l.groups); ++c)
            for (int i = 0; i < l.KH; ++i)
                for (int j = 0; j < l.KW; ++j) {
                    if (w.at(k, c, std::size_t(i), std::size_t(j)) == 0)
                        continue;
                    const std::size_t channel = k / std::size_t(l.K / l.groups) * std::size_t(l.C / l.groups) + c;
                    for (int row = 0; row < l.H; ++row)
                        for (int column = 0; column < l.W; ++column)
                            total += (row + l.pad.top) % l.stride_y == i % l.stride_y &&
                                     (column + l.pad.left) % l.stride_x == j % l.stride_x &&
                                     x.at(channel, std::size_t(row), std::size_t(column)) != 0;
                }
    return total;
}

}  // namespace

TEST_CASE("properties of random layers") {
    CHECK(test::property_holds("values, product counts, closed form and attribution", [] {
        Layer layer;
        layer.name = "random";
        layer.groups = in_range(1, 2);
        layer.C = layer.groups * in_range(1, 3);
        layer.K = layer.groups * in_range(1, 6);
        layer.KH = in_range(1, 4);
        layer.KW = in_range(1, 4);
        layer.H = in_range(layer.KH, 12);
        layer.W = in_range(layer.KW, 20);
        layer.stride_y = in_range(1, 3);
        layer.stride_x = in_range(1, 3);
        layer.pad = {in_range(0, 2), in_range(0, 2), in_range(0, 2), in_range(0, 2)};
        ScnnConfig config;
        config.pe_rows = in_range(1, 3);
        config.pe_columns = in_range(1, 4);
        config.F = in_range(1, 4);
        config.I = in_range(1, 4);
        config.banks = in_range(1, 32);
        config.queue_depth = in_range(1, 8);
        config.hash = ScnnConfig::Hash(in_range(0, 3));
        config.kc = in_range(1, 4);
        config.placeholders = in_range(0, 1) == 1;
        config.single_write = in_range(0, 1) == 1;
        config.dense_activations = in_range(0, 3) == 0;
        config.dense_weights = in_range(0, 3) == 0;
        const int zeros = in_range(0, 9);
        const auto operands = [&](const std::vector<std::size_t>& shape) {
            Operands tensor(shape);
            for (auto& value : tensor.data)
                value = std::int16_t(in_range(0, 9) < zeros ? 0 : in_range(-300, 300));
            return tensor;
        };
        const Operands input = operands(layer.input_shape());
        const Operands weights = operands(layer.weight_shape());

        const ScnnResult r = simulate_scnn(layer, input, weights, config);
        std::uint64_t nz_macs = 0;
        RC_ASSERT(r.output == dense_convolution(layer, input, weights, nz_macs));
        RC_ASSERT(r.products_useful == nz_macs);
        if (config.dense_activations || config.dense_weights) {
            // As many as if no operand of the dense tensor were zero.
            const auto filled = [](Operands tensor, bool dense) {
                for (auto& value : tensor.data)
                    value = dense ? std::int16_t(1) : value;
                return tensor;
            };
            const Operands all_input = filled(input, config.dense_activations);
            const Operands all_weights = filled(weights, config.dense_weights);
            std::uint64_t pairs = 0;
            dense_convolution(layer, all_input, all_weights, pairs);
            RC_ASSERT(r.products_kept == pairs);
            RC_ASSERT(r.products_kept + r.products_dropped == cartesian_products(layer, all_input, all_weights));
        } else {
            RC_ASSERT(r.products_kept == nz_macs);
            RC_ASSERT(r.products_kept + r.products_dropped == cartesian_products(layer, input, weights));
        }
        const bool all_dense = config.dense_activations && config.dense_weights;
        RC_ASSERT((config.placeholders && !all_dense) || r.products_placeholder == 0u);
        RC_ASSERT(attribution_closes(r, config));
        RC_ASSERT(r.layer_cycles >= r.equations_cycles);
        RC_ASSERT(r.max_queue_occupancy <= (config.single_write ? 1u : std::size_t(config.queue_depth)));

        ScnnConfig ideal = config;
        ideal.infinite_queue = true;
        const ScnnResult equations = simulate_scnn(layer, input, weights, ideal);
        RC_ASSERT(equations.output == r.output);
        RC_ASSERT(attribution_closes(equations, config));
        RC_ASSERT(equations.attribution.conflict + equations.attribution.bank_drain == 0u);
        std::uint64_t compute = 0;
        for (std::size_t g = 0; g < equations.groups.start.size(); ++g)
            compute += equations.groups.compute_end[g] - equations.groups.start[g];
        RC_ASSERT(compute == r.equations_cycles);

        ScnnConfig skewed = config;
        skewed.skew_fifo = true;
        skewed.fifo_depth = 64;  // a block has at most 4 * 4 * 4 weights
        const ScnnResult bounded = simulate_scnn(layer, input, weights, skewed);
        RC_ASSERT(bounded.output == r.output);
        RC_ASSERT(attribution_closes(bounded, config));
        skewed.fifo_depth = 1 << 20;
        RC_ASSERT(simulate_scnn(layer, input, weights, skewed).layer_cycles == r.layer_cycles);
    }));
}
