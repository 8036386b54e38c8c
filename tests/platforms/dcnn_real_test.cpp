// Real networks through the dense machines: every layer with weights against the hash of its exact sums.

#include <catch2/catch.hpp>

#include "tests/platforms/platform_bench.h"
#include "workloads/import.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// Every layer of the first photo.
void run_real_network(const std::string& kind, const std::string& name) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    const RealNetwork network = RealNetwork::open(directory);
    int bits = 2;
    for (const RealLayer& real : network.layers()) {
        bits = std::max({bits, real.weight_bits, real.activation_bits});
    }
    const Settings widths{{"operand.bits", std::to_string(bits)}, {"accumulator.bits", bits > 9 ? "48" : "32"}};
    simulate(kind, with_settings(widths), [&](Standalone& bench) {
        for (const RealLayer& real : network.layers()) {
            INFO(real.layer.name);
            const LayerTensors tensors = network.load(real);
            LayerJob job;
            job.layer = &real.layer;
            job.input = &tensors.input;
            job.weights = &tensors.weights;
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            const RealPhoto& photo = real.photos.front();
            CHECK(sha256_of(bench.lowering->decode_sums(job, outcome.output)) == photo.sha256_without_bias);
            CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == photo.nz_macs);
            CHECK(bench.platform.statistic_sum("products") == real.layer.dense_macs());
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == 0);
        }
    });
}

}  // namespace

TEST_CASE("DCNN: LeNet-5") {
    run_real_network("dcnn", "lenet5_dns");
}
TEST_CASE("DCNN-opt: LeNet-5") {
    run_real_network("dcnn_opt", "lenet5_dns");
}
TEST_CASE("DCNN: ResNet-8") {
    run_real_network("dcnn", "resnet8_cifar_mlperf");
}
TEST_CASE("DCNN: person detection") {
    run_real_network("dcnn", "person_detect_tflm");
}
TEST_CASE("DCNN-opt: SqueezeNet") {
    run_real_network("dcnn_opt", "squeezenet_dc");
}
TEST_CASE("DCNN: MobileNetV1") {
    run_real_network("dcnn", "mobilenet_v1_050_160");
}
TEST_CASE("DCNN: MobileNetV2") {
    run_real_network("dcnn", "mobilenet_v2_100_224");
}
