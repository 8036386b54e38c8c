// Real networks through the dense machines: every layer with weights against the hash of its exact sums.

#include <catch2/catch.hpp>

#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_network(const std::string& kind, const std::string& name) {
    run_real_network(kind, name, {}, [](const RealLayer& real, const Platform& platform, const LayerResult&) {
        CHECK(platform.statistic_sum("products") == real.layer.dense_macs());
    });
}

}  // namespace

TEST_CASE("DCNN: LeNet-5") {
    check_network("dcnn", "lenet5_dns");
}
TEST_CASE("DCNN-opt: LeNet-5") {
    check_network("dcnn_opt", "lenet5_dns");
}
TEST_CASE("DCNN: ResNet-8") {
    check_network("dcnn", "resnet8_cifar_mlperf");
}
TEST_CASE("DCNN: person detection") {
    check_network("dcnn", "person_detect_tflm");
}
TEST_CASE("DCNN-opt: SqueezeNet") {
    check_network("dcnn_opt", "squeezenet_dc");
}
TEST_CASE("DCNN: MobileNetV1") {
    check_network("dcnn", "mobilenet_v1_050_160");
}
TEST_CASE("DCNN: MobileNetV2") {
    check_network("dcnn", "mobilenet_v2_100_224");
}
