// Real networks through DeMM: every layer with weights against the hash of its exact sums, row by row as the weights
// were trained; derived N:M layers by their pattern; and a machine sized by what a layer needs.

#include <algorithm>
#include <catch2/catch.hpp>
#include <span>

#include "tests/common/real_data.h"
#include "tests/platforms/real_networks.h"
#include "workloads/gemm.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_network(const std::string& name, const Settings& settings = {}) {
    run_real_network("demm", name, settings, [](Standalone& bench, const RealLayer&, const HostOutcome& outcome) {
        CHECK(attributed_cycles("demm", bench) == 512 * outcome.records.back().cycles);
    });
}

void check_derived(const std::string& name, std::size_t cases) {
    run_derived_cases("demm", name, {}, cases, [](Standalone& bench, const Layer& layer, const NmPattern& pattern) {
        // Every pattern of 128 columns: j slots for j * 8 weights.
        const GemmShape shape = gemm_shape(layer);
        const auto rows = std::uint64_t(shape.groups) * std::uint64_t(shape.Mo);
        const auto tiles = std::uint64_t((shape.P + 63) / 64) * std::uint64_t((shape.K + 127) / 128);
        const auto slots = std::uint64_t(pattern.n * (128 / pattern.m) / 8);
        CHECK(bench.platform.statistic("row_streamer.slots") == rows * tiles * slots);
        CHECK(bench.platform.statistic("array.beyond_k") == 0);
    });
}

}  // namespace

TEST_CASE("DeMM: LeNet-5") {
    check_network("lenet5_dns");
}
TEST_CASE("DeMM: ResNet-8") {
    check_network("resnet8_cifar_mlperf", {{"engine.preload", "hidden"}});
}
TEST_CASE("DeMM: person detection") {
    check_network("person_detect_tflm");
}
TEST_CASE("DeMM: SqueezeNet") {
    check_network("squeezenet_dc", {{"engine.preload", "naive"}});
}
TEST_CASE("DeMM: MobileNetV1") {
    check_network("mobilenet_v1_050_160");
}
TEST_CASE("DeMM: MobileNetV2") {
    check_network("mobilenet_v2_100_224");
}
TEST_CASE("DeMM: AlexNet") {
    check_network("alexnet_conv_skim_a");
}

TEST_CASE("DeMM: derived N:M layers of SqueezeNet") {
    check_derived("squeezenet_dc", 83);
}
TEST_CASE("DeMM: derived N:M layers of MobileNetV2") {
    check_derived("mobilenet_v2_100_224", 110);
}

TEST_CASE("DeMM: k as large as the densest rows need") {
    const RealNetwork network = RealNetwork::open(real_data("squeezenet_dc"));
    const RealLayer* const real = network.find("fire4/conv3x3_2");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    const Operands matrix = gemm_weights(real->layer, tensors.weights);
    const std::size_t columns = matrix.shape[1];
    int fullest = 0;
    for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
        fullest = std::max(fullest, fullest_window(std::span(matrix.data).subspan(row * columns, columns), 128));
    }
    const int needed = (fullest + 7) / 8;
    REQUIRE(needed > 8);  // denser than the published machine's k
    // Two machines of one simulation: as published, and as large as it takes.
    Machines machines;
    for (const int k : {8, needed}) {
        machines.add("bench" + std::to_string(k), "demm",
                     with_settings(with_widths(network, {{"engine.k", std::to_string(k)}})), [&, k](Standalone& bench) {
                         LayerJob job;
                         job.layer = &real->layer;
                         job.input = &tensors.input;
                         job.weights = &tensors.weights;
                         const HostOutcome outcome = run_afresh(bench, job);
                         REQUIRE(outcome.done);
                         CHECK(sha256_of(bench.lowering->decode_sums(job, outcome.output)) ==
                               real->photos.front().sha256_without_bias);
                         CHECK((bench.platform.statistic("array.beyond_k") == 0) == (k == needed));
                     });
    }
    machines.run();
    CHECK(machines[0].platform.statistic("sequencer.layer_cycles") ==
          machines[1].platform.statistic("sequencer.layer_cycles"));
}
