// Real networks through SparTen: every layer's values and products, and the golden rows of phantom_facts.md 9.8.

#include <catch2/catch.hpp>

#include <string>

#include "tests/oracles/comparison_golden_rows.h"
#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_network(const std::string& network) {
    std::size_t layers = 0;
    std::size_t met = 0;
    run_real_network("sparten", network, {},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         INFO(real.layer.name);
                         ++layers;
                         CHECK(platform.statistic_sum("unit.products") == real.photos.front().nz_macs);
                         for (const ComparisonRow& row : kRealRows) {
                             if (network == row.network && real.layer.name == row.layer) {
                                 CHECK(result.cycles == row.chunk_barrier[2]);
                                 CHECK(platform.statistic_sum("unit.empty") == row.sparten.empty);
                                 CHECK(platform.statistic_sum("cluster.barrier") == row.sparten.barrier);
                                 CHECK(platform.statistic_sum("cluster.idle_unit") == row.sparten.idle_unit);
                                 CHECK(platform.statistic_sum("cluster.idle_cluster") == row.sparten.idle_cluster);
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

TEST_CASE("SparTen: LeNet-5") {
    check_network("lenet5_dns");
}
TEST_CASE("SparTen: ResNet-8") {
    check_network("resnet8_cifar_mlperf");
}
TEST_CASE("SparTen: person detection") {
    check_network("person_detect_tflm");
}
TEST_CASE("SparTen: SqueezeNet") {
    check_network("squeezenet_dc");
}
TEST_CASE("SparTen: MobileNetV1") {
    check_network("mobilenet_v1_050_160");
}
TEST_CASE("SparTen: MobileNetV2") {
    check_network("mobilenet_v2_100_224");
}
TEST_CASE("SparTen: AlexNet") {
    check_network("alexnet_conv_skim_a");
}
