// Real networks through systolic machines: every layer with weights against the hash of its exact sums; and the data
// set's derived N:M cases on the machines that know their patterns.

#include <catch2/catch.hpp>

#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("VEGETA: LeNet-5") {
    run_real_network("vegeta", "lenet5_dns");
}
TEST_CASE("SPOTS: LeNet-5") {
    run_real_network("spots", "lenet5_dns");
}
TEST_CASE("output-stationary array: ResNet-8") {
    run_real_network("systolic_os", "resnet8_cifar_mlperf");
}
TEST_CASE("weight-stationary array: person detection") {
    run_real_network("systolic_ws", "person_detect_tflm");
}
TEST_CASE("input-stationary array: person detection") {
    run_real_network("systolic_is", "person_detect_tflm");
}
TEST_CASE("S2TA: SqueezeNet") {
    run_real_network("s2ta", "squeezenet_dc");
}
TEST_CASE("tensor core: SqueezeNet") {
    run_real_network("tensor_core_24", "squeezenet_dc");
}
TEST_CASE("VEGETA: MobileNetV2") {
    run_real_network("vegeta", "mobilenet_v2_100_224");
}
TEST_CASE("SPOTS: MobileNetV1") {
    run_real_network("spots", "mobilenet_v1_050_160");
}

TEST_CASE("VEGETA: SqueezeNet pruned to its patterns") {
    run_derived_cases("vegeta", "squeezenet_dc", 4, 50);
}
TEST_CASE("S2TA: MobileNetV2 pruned to its patterns") {
    run_derived_cases("s2ta", "mobilenet_v2_100_224", 8, 35);
}
