// Every layer of every real network through the platform.

#include <catch2/catch.hpp>

#include "tests/platforms/scnn_real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// How many of the layers are run as fully connected ones: groups of neurons over all PEs, no exchange.
void check_network(const std::string& name, int expected_layers, int expected_fully_connected) {
    int layers = 0;
    int fully_connected = 0;
    run_scnn_network("scnn", name, {}, [&](const RealLayer& real, const Platform& platform, const LayerResult&) {
        ++layers;
        if (real.layer.H == 1 && real.layer.W == 1 && real.layer.groups == 1) {
            ++fully_connected;
            const int most = (real.layer.K + 63) / 64;
            CHECK(platform.statistic("sequencer.groups") == std::uint64_t(most + 7) / 8);
            CHECK(platform.statistic("mesh.packets") == 0);
        }
    });
    CHECK((layers == expected_layers || layers == 0));
    CHECK((fully_connected == expected_fully_connected || layers == 0));
}

}  // namespace

TEST_CASE("alexnet_conv_skim_a") {
    check_network("alexnet_conv_skim_a", 4, 0);
}
TEST_CASE("alexnet_conv_skim_b") {
    check_network("alexnet_conv_skim_b", 5, 0);
}
TEST_CASE("lenet5_dns") {
    check_network("lenet5_dns", 4, 2);
}
TEST_CASE("mobilenet_v1_050_160") {
    check_network("mobilenet_v1_050_160", 28, 1);
}
TEST_CASE("mobilenet_v2_100_224") {
    check_network("mobilenet_v2_100_224", 53, 1);
}
TEST_CASE("resnet8_cifar_mlperf") {
    check_network("resnet8_cifar_mlperf", 10, 1);
}

TEST_CASE("person_detect_tflm: depthwise layers are groups of one channel") {
    int layers = 0;
    int depthwise = 0;
    run_scnn_network("scnn", "person_detect_tflm", {},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult&) {
                         ++layers;
                         if (real.layer.kind == LayerKind::depthwise && real.layer.groups > 1) {
                             ++depthwise;
                             CHECK(platform.statistic("sequencer.groups") == std::uint64_t(real.layer.groups));
                         }
                     });
    CHECK((layers == 28 || layers == 0));
    CHECK((depthwise == 13 || layers == 0));
}

TEST_CASE("squeezenet_dc: a tile that overflows IARAM is reported") {
    int layers = 0;
    run_scnn_network("scnn", "squeezenet_dc", {},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult&) {
                         ++layers;
                         if (real.layer.name == "fire2/conv1x1_1") {  // scnn_facts.md 10.9 rule 15
                             std::uint64_t largest = 0;
                             for (int pe = 0; pe < 64; ++pe) {
                                 const std::string name = "pe_" + std::to_string(pe / 8) + "_" + std::to_string(pe % 8);
                                 largest = std::max(largest, platform.statistic(name + ".iaram_stored_entries"));
                             }
                             CHECK(largest == 4214);
                             CHECK(platform.statistic_sum("iaram_excess_entries") >= 4214 - 4096);
                         } else {
                             CHECK(platform.statistic_sum("iaram_excess_entries") == 0);
                         }
                     });
    CHECK((layers == 26 || layers == 0));
}
