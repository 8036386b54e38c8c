// Real networks through DeMM: every layer with weights against the hash of its exact sums, row by row as the weights
// were trained; derived N:M layers by their pattern; and a machine sized by what a layer needs.

#include <algorithm>
#include <catch2/catch.hpp>
#include <span>
#include <string>
#include <vector>

#include "tests/common/real_data.h"
#include "tests/platforms/real_networks.h"
#include "workloads/gemm.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_derived(const std::string& name, std::size_t cases) {
    run_derived_cases("demm", name, {}, cases,
                      [](const Layer& layer, const NmPattern& pattern, const Platform& platform) {
                          // Every pattern of 128 columns: j slots for j * 8 weights.
                          const GemmShape shape = gemm_shape(layer);
                          const auto rows = std::uint64_t(shape.groups) * std::uint64_t(shape.Mo);
                          const auto tiles = std::uint64_t((shape.P + 63) / 64) * std::uint64_t((shape.K + 127) / 128);
                          const auto slots = std::uint64_t(pattern.n * (128 / pattern.m) / 8);
                          CHECK(platform.statistic("row_streamer.slots") == rows * tiles * slots);
                          CHECK(platform.statistic("array.beyond_k") == 0);
                      });
}

}  // namespace

TEST_CASE("DeMM: LeNet-5") {
    run_real_network("demm", "lenet5_dns");
}
TEST_CASE("DeMM: ResNet-8") {
    run_real_network("demm", "resnet8_cifar_mlperf", {{"engine.preload", "hidden"}});
}
TEST_CASE("DeMM: person detection") {
    run_real_network("demm", "person_detect_tflm");
}
TEST_CASE("DeMM: SqueezeNet") {
    run_real_network("demm", "squeezenet_dc", {{"engine.preload", "naive"}});
}
TEST_CASE("DeMM: MobileNetV1") {
    run_real_network("demm", "mobilenet_v1_050_160");
}
TEST_CASE("DeMM: MobileNetV2") {
    run_real_network("demm", "mobilenet_v2_100_224");
}
TEST_CASE("DeMM: AlexNet") {
    run_real_network("demm", "alexnet_conv_skim_a");
}

TEST_CASE("DeMM: derived N:M layers of SqueezeNet") {
    check_derived("squeezenet_dc", 83);
}
TEST_CASE("DeMM: derived N:M layers of MobileNetV2") {
    check_derived("mobilenet_v2_100_224", 110);
}

TEST_CASE("DeMM: k as large as the densest rows need") {
    WorkloadSpec spec;
    spec.tensors = real_data("squeezenet_dc");
    spec.layers = {"fire4/conv3x3_2"};
    const RealNetwork network = RealNetwork::open(spec.tensors);
    const RealLayer* const real = network.find(spec.layers.front());
    REQUIRE(real != nullptr);
    const Operands matrix = gemm_weights(real->layer, network.load(*real).weights);
    const std::size_t columns = matrix.shape[1];
    int fullest = 0;
    for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
        fullest = std::max(fullest, fullest_window(std::span(matrix.data).subspan(row * columns, columns), 128));
    }
    const int needed = (fullest + 7) / 8;
    REQUIRE(needed > 8);  // denser than the published machine's k
    // Two machines of one simulation: as published, and as large as it takes.
    std::vector<PlannedMachine> machines;
    for (const int k : {8, needed}) {
        machines.push_back(plan_machine({"demm", {}, {{"engine.k", std::to_string(k)}}, {}}));
    }
    const Workload workload = plan_workload(spec, machines);
    bool ran = false;
    run_checked(workload, machines,
                [&](const PlannedLayer&, const Simulation& simulation, const std::vector<LayerResult>& results) {
                    CHECK(simulation.platform(0).statistic("array.beyond_k") > 0);
                    CHECK(simulation.platform(1).statistic("array.beyond_k") == 0);
                    CHECK(results[0].cycles == results[1].cycles);
                    ran = true;
                });
    CHECK(ran);
}
