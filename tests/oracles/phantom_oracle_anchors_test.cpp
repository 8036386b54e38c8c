// Anchors of phantom_facts.md 9 rule 13, run as 9.9 says: VGG-16 on uniform random masks. Those of the other switches
// are measured on the machine (scripts/reproduce phantom), which equals the oracle on random layers over every switch.
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "tests/common/random_layers.h"
#include "tests/oracles/eyeriss_v2_oracle.h"
#include "tests/oracles/phantom_oracle.h"
#include "tests/oracles/sparten_oracle.h"

namespace {

using namespace nonzero;
using namespace nonzero::oracle;

struct Vgg {
    int C, K, plane;
    double weights, inputs;  // 6.1
};
const std::vector<Vgg> kVgg16 = {{3, 64, 224, .58, 1},      {64, 64, 224, .22, .53},  {64, 128, 112, .34, .89},
                                 {128, 128, 112, .36, .80}, {128, 256, 56, .53, .81}, {256, 256, 56, .24, .68},
                                 {256, 256, 56, .42, .70},  {256, 512, 28, .32, .64}, {512, 512, 28, .27, .51},
                                 {512, 512, 28, .34, .45},  {512, 512, 14, .35, .34}, {512, 512, 14, .29, .32},
                                 {512, 512, 14, .36, .29}};
constexpr double kDenseCycles = 60'899'328;

Operands mask(std::mt19937_64& random, const std::vector<std::size_t>& shape, double density) {
    Operands tensor(shape);
    std::bernoulli_distribution set(density);
    for (std::int16_t& element : tensor.data)
        element = set(random);
    return tensor;
}

// One row tile of 32 filters of each layer, scaled up to the layer.
double gain(PhantomConfig config) {
    config.fill = 0;
    std::mt19937_64 random(1);
    double cycles = 0;
    for (const Vgg& vgg : kVgg16) {
        Layer layer;
        layer.C = vgg.C;
        layer.K = 32;
        layer.H = 9;
        layer.W = vgg.plane + 2;
        layer.KH = layer.KW = 3;
        const Operands input = mask(random, layer.input_shape(), vgg.inputs);
        const Operands weights = mask(random, layer.weight_shape(), vgg.weights);
        const PhantomResult r = simulate_phantom(layer, input, weights, config);
        cycles += double(r.cycles) * vgg.K / 32 * vgg.plane / 7;
    }
    return kDenseCycles / cycles;
}

Approx within(double value, double share) {
    return Approx(value).epsilon(share);
}

}  // namespace

TEST_CASE("anchor of Phantom-2D's defaults") {
    CHECK(gain({}) == within(4.21, 0.03));
}
TEST_CASE("anchors of Phantom-2D's lookahead factors") {
    PhantomConfig config;
    config.lookahead = 18;
    CHECK(gain(config) == within(4.13, 0.03));
    config.lookahead = 9;
    const double out_of_order = gain(config);
    CHECK(out_of_order == within(3.93, 0.03));
    config.selector = PhantomConfig::in_order;
    const double in_order = gain(config);
    CHECK(in_order == within(3.86, 0.03));
    CHECK(out_of_order / in_order > 1.015);
    CHECK(out_of_order / in_order < 1.045);
}
// 9.5 rule 7: products of a busy cluster, in per cent of its unit cycles.
TEST_CASE("use of SparTen's multipliers") {
    struct Row {
        double weights, inputs, none, gb_s, gb_h;
    };
    std::mt19937_64 random(1);
    for (const Row& row :
         {Row{.6, .65, 84.8, 89.1, 92.7}, Row{.5, .5, 79.9, 84.9, 88.5}, Row{.35, .45, 73.0, 80.0, 83.6},
          Row{.3, .3, 65.4, 73.1, 76.4}, Row{.23, .35, 63.1, 71.0, 75.7}, Row{.2, .2, 53.7, 62.4, 65.5}}) {
        INFO(row.weights << "/" << row.inputs);
        Layer layer;
        layer.C = 256;
        layer.K = 64;
        layer.H = layer.W = 18;
        layer.KH = layer.KW = 3;
        layer.stride_y = layer.stride_x = 3;
        const Operands input = mask(random, layer.input_shape(), row.inputs);
        const Operands weights = mask(random, layer.weight_shape(), row.weights);
        const auto use = [&](SpartenConfig::Balancing balancing) {
            SpartenConfig config;
            config.clusters = 1;
            config.balancing = balancing;
            const SpartenResult r = simulate_sparten(layer, input, weights, config);
            return 100 * double(r.products) / (32 * double(r.cycles));
        };
        CHECK(use(SpartenConfig::none) == Approx(row.none).margin(1.5));
        CHECK(use(SpartenConfig::gb_s) == Approx(row.gb_s).margin(1.5));
        CHECK(use(SpartenConfig::gb_h) == Approx(row.gb_h).margin(1.5));
    }
}

// 9.6 rule 7.
TEST_CASE("use of Eyeriss v2's multipliers") {
    struct Row {
        double weights, inputs, use;
    };
    std::mt19937_64 random(1);
    for (const Row& row : {Row{.7, .7, 83.7}, Row{.6, .65, 80.4}, Row{.5, .5, 75.5}, Row{.35, .45, 70.5},
                           Row{.3, .3, 62.9}, Row{.2, .2, 57.2}}) {
        INFO(row.weights << "/" << row.inputs);
        Layer layer;
        layer.C = 256;
        layer.K = 64;
        layer.H = 18;
        layer.W = 30;
        layer.KH = layer.KW = 3;
        EyerissV2Config config;
        config.fill = 0;
        const EyerissV2Result r = simulate_eyeriss_v2(layer, mask(random, layer.input_shape(), row.inputs),
                                                      mask(random, layer.weight_shape(), row.weights), config);
        CHECK(100 * double(r.products) / (384 * double(r.cycles)) == Approx(row.use).margin(3));
    }
}
