// Real networks through the dense machines: every layer's values, and the golden rows of phantom_facts.md 9.8.

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "tests/oracles/comparison_golden_rows.h"
#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_network(const std::string& network, bool ideal) {
    std::size_t layers = 0;
    std::size_t met = 0;
    run_real_network(ideal ? "dense" : "neuromax", network, {},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         ++layers;
                         CHECK(platform.statistic("multiplier_array.products") == real.layer.dense_macs());
                         for (const ComparisonRow& row : kRealRows) {
                             if (network == row.network && real.layer.name == row.layer) {
                                 CHECK(result.cycles == (ideal ? row.ideal : row.neuromax));
                                 ++met;
                             }
                         }
                     });
    std::size_t rows = 0;
    for (const ComparisonRow& row : kRealRows) {
        rows += network == row.network ? 1 : 0;
    }
    CHECK((layers == 0 || met == rows));
}

}  // namespace

TEST_CASE("dense machines: LeNet-5") {
    check_network("lenet5_dns", true);
}
TEST_CASE("dense machines: LeNet-5 on lanes") {
    check_network("lenet5_dns", false);
}
TEST_CASE("dense machines: ResNet-8") {
    check_network("resnet8_cifar_mlperf", true);
}
TEST_CASE("dense machines: ResNet-8 on lanes") {
    check_network("resnet8_cifar_mlperf", false);
}
TEST_CASE("dense machines: person detection") {
    check_network("person_detect_tflm", false);
}
TEST_CASE("dense machines: SqueezeNet") {
    check_network("squeezenet_dc", false);
}
TEST_CASE("dense machines: MobileNet v1") {
    check_network("mobilenet_v1_050_160", false);
}
TEST_CASE("dense machines: MobileNet v2") {
    check_network("mobilenet_v2_100_224", false);
}
