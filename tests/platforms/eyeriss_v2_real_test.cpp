// Real networks through Eyeriss v2: every layer's values and products, and the golden rows of phantom_facts.md 9.8.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/oracles/comparison_golden_rows.h"
#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

std::uint64_t dense_products(const Layer& layer) {
    return std::uint64_t(layer.K) * std::uint64_t(layer.P()) * std::uint64_t(layer.Q()) * std::uint64_t(layer.KH) *
           std::uint64_t(layer.KW);
}

void check_network(const std::string& network) {
    std::size_t layers = 0;
    std::size_t met = 0;
    run_real_network(
        "eyeriss_v2", network, {}, [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
            INFO(real.layer.name);
            ++layers;
            const auto sum = [&](const char* counter) { return platform.statistic_sum(counter); };
            CHECK(sum("pe.products") ==
                  (real.layer.kind == LayerKind::depthwise ? dense_products(real.layer) : real.photos.front().nz_macs));
            for (const ComparisonRow& row : kRealRows) {
                if (network == row.network && real.layer.name == row.layer) {
                    CHECK(result.cycles == row.eyeriss_v2_cycles);
                    CHECK(sum("sequencer.passes") == row.passes);
                    CHECK(sum("pe.busy") == row.eyeriss_v2.busy);
                    CHECK(sum("pe.half_words") == row.eyeriss_v2.half_words);
                    CHECK(sum("cluster.barrier") == row.eyeriss_v2.barrier);
                    CHECK(sum("cluster.unmapped") == row.eyeriss_v2.unmapped);
                    ++met;
                }
            }
            // Rule 5.
            if (network == "resnet8_cifar_mlperf" && real.layer.name == "03_conv") {
                std::uint64_t most = 0;
                for (int pe = 0; pe < 192; ++pe) {
                    const std::string name = "pe_" + std::to_string(pe / 24) + "_" + std::to_string(pe / 12 % 2) + "_" +
                                             std::to_string(pe / 4 % 3) + "_" + std::to_string(pe % 4);
                    most = std::max(most, platform.statistic(name + ".most_weights"));
                }
                CHECK(most == 383);
            }
        });
    std::size_t rows = 0;
    for (const ComparisonRow& row : kRealRows) {
        rows += network == row.network ? 1 : 0;
    }
    CHECK((layers == 0 || met == rows));
}

}  // namespace

TEST_CASE("Eyeriss v2: LeNet-5") {
    check_network("lenet5_dns");
}
TEST_CASE("Eyeriss v2: ResNet-8") {
    check_network("resnet8_cifar_mlperf");
}
TEST_CASE("Eyeriss v2: person detection") {
    check_network("person_detect_tflm");
}
TEST_CASE("Eyeriss v2: SqueezeNet") {
    check_network("squeezenet_dc");
}
TEST_CASE("Eyeriss v2: MobileNetV1") {
    check_network("mobilenet_v1_050_160");
}
TEST_CASE("Eyeriss v2: MobileNetV2") {
    check_network("mobilenet_v2_100_224");
}
TEST_CASE("Eyeriss v2: AlexNet") {
    check_network("alexnet_conv_skim_a");
}
