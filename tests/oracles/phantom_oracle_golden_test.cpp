// Golden rows of phantom_facts.md 9.2 on the real networks, and 9 rule 11.
#include <catch2/catch.hpp>
#include <string>

#include "tests/common/real_data.h"
#include "tests/oracles/phantom_oracle.h"
#include "workloads/import.h"
#include "workloads/network.h"

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::PhantomConfig;
using oracle::PhantomResult;
using oracle::simulate_phantom;
using test::real_data;

struct Golden {
    const char* network;
    const char* layer;
    std::uint64_t cycles, jobs, products, busy, zero_batches;
};

void check_row(const Golden& golden) {
    const RealNetwork network = RealNetwork::open(real_data(golden.network));
    const RealLayer* real = network.find(golden.layer);
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    const PhantomResult r = simulate_phantom(real->layer, tensors.input, tensors.weights, {});
    CHECK(r.cycles == golden.cycles);
    CHECK(r.jobs == golden.jobs);
    CHECK(r.products == golden.products);
    CHECK(r.products == real->photos.front().nz_macs);
    CHECK(r.busy == golden.busy);
    CHECK(r.zero_batches == golden.zero_batches);
    CHECK(sha256_of(r.output) == real->photos.front().sha256_without_bias);
    CHECK(attribution_closes(r, {}));
}

}  // namespace

TEST_CASE("a real convolution on Phantom-2D") {
    check_row({"resnet8_cifar_mlperf", "01_conv", 7223, 20, 1438694, 506101, 130});
}
TEST_CASE("a real convolution of stride 2 on Phantom-2D") {
    check_row({"resnet8_cifar_mlperf", "03_conv", 4796, 24, 775187, 275960, 0});
}
TEST_CASE("a real pointwise convolution of stride 2 on Phantom-2D") {
    check_row({"resnet8_cifar_mlperf", "05_conv", 560, 8, 88320, 33546, 0});
}
TEST_CASE("a real fully connected layer on Phantom-2D") {
    check_row({"resnet8_cifar_mlperf", "09_fc", 14, 1, 624, 210, 0});
}
TEST_CASE("a real sparse convolution on Phantom-2D") {
    check_row({"squeezenet_dc", "fire2/conv3x3_2", 48392, 128, 8138825, 3224984, 815});
}
TEST_CASE("a real convolution of 7 x 7 on Phantom-2D") {
    check_row({"squeezenet_dc", "conv1", 706925, 384, 169468281, 57633479, 1});
}
TEST_CASE("a real depthwise convolution on Phantom-2D") {
    check_row({"mobilenet_v1_050_160", "03_depthwise", 1922, 8, 262881, 95428, 702});
}
TEST_CASE("a real pointwise convolution on Phantom-2D") {
    check_row({"mobilenet_v1_050_160", "10_conv", 21375, 32, 3797101, 1452462, 149});
}
TEST_CASE("a real convolution of 5 x 5 on Phantom-2D") {
    check_row({"lenet5_dns", "conv2", 477, 26, 38982, 14631, 21});
}

TEST_CASE("a real convolution with an output buffer of 54 slots") {
    const RealNetwork network = RealNetwork::open(real_data("squeezenet_dc"));
    const RealLayer* real = network.find("fire2/conv3x3_2");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    PhantomConfig config;
    config.output_buffer_depth = 54;
    const PhantomResult r = simulate_phantom(real->layer, tensors.input, tensors.weights, config);
    CHECK(r.cycles == 55904);
    CHECK(r.products == 8138825);
    CHECK(r.largest_lead == 53);
    CHECK(r.stall > 0);
    CHECK(attribution_closes(r, config));
}

// One job of every layer: in dense mode all of a layer take the same time.
TEST_CASE("VGG-16's convolutions in Phantom-2D's dense mode") {
    std::uint64_t cycles = 0;
    std::uint64_t jobs = 0;
    const Network vgg16 = load_network("vgg16");
    for (const Layer* const whole : vgg16.weighted_layers()) {
        if (whole->kind != LayerKind::convolution)
            continue;
        Layer layer = *whole;
        layer.K = 4;
        layer.H = 7;
        PhantomConfig config;
        config.dense = true;
        const PhantomResult r =
            simulate_phantom(layer, Operands(layer.input_shape()), Operands(layer.weight_shape()), config);
        REQUIRE(r.jobs == 1);
        const auto layer_jobs = std::uint64_t(whole->K / 4 * whole->H / 7);
        cycles += layer_jobs * r.cycles;
        jobs += layer_jobs;
    }
    CHECK(jobs == 5888);
    CHECK(cycles == 60'940'544);
    CHECK(cycles - 7 * jobs == 60'899'328);
}
