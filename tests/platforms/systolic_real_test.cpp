// Real networks through systolic machines: every layer with weights against the hash of its exact sums; and the data
// set's derived N:M cases on the machines that know their patterns.

#include <catch2/catch.hpp>

#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_network(const std::string& kind, const std::string& name) {
    run_real_network(kind, name, {}, [&](Standalone& bench, const RealLayer&, const HostOutcome& outcome) {
        CHECK(attributed_cycles(kind, bench) == 512 * outcome.records.back().cycles);
    });
}

// The cases of a network whose pattern is one of the machine's own.
void check_derived(const std::string& kind, const std::string& name, int window, std::size_t cases) {
    run_derived_cases(kind, name, window, cases, [](Standalone&, const Layer&, const NmPattern&) {});
}

}  // namespace

TEST_CASE("VEGETA: LeNet-5") {
    check_network("vegeta", "lenet5_dns");
}
TEST_CASE("SPOTS: LeNet-5") {
    check_network("spots", "lenet5_dns");
}
TEST_CASE("output-stationary array: ResNet-8") {
    check_network("systolic_os", "resnet8_cifar_mlperf");
}
TEST_CASE("weight-stationary array: person detection") {
    check_network("systolic_ws", "person_detect_tflm");
}
TEST_CASE("input-stationary array: person detection") {
    check_network("systolic_is", "person_detect_tflm");
}
TEST_CASE("S2TA: SqueezeNet") {
    check_network("s2ta", "squeezenet_dc");
}
TEST_CASE("tensor core: SqueezeNet") {
    check_network("tensor_core_24", "squeezenet_dc");
}
TEST_CASE("VEGETA: MobileNetV2") {
    check_network("vegeta", "mobilenet_v2_100_224");
}
TEST_CASE("SPOTS: MobileNetV1") {
    check_network("spots", "mobilenet_v1_050_160");
}

TEST_CASE("VEGETA: SqueezeNet pruned to its patterns") {
    check_derived("vegeta", "squeezenet_dc", 4, 50);
}
TEST_CASE("S2TA: MobileNetV2 pruned to its patterns") {
    check_derived("s2ta", "mobilenet_v2_100_224", 8, 35);
}
