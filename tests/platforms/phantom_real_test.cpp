// Real networks through Phantom-2D: every layer's values and products, and the golden rows of phantom_facts.md 9.2.

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "tests/platforms/real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Golden {
    std::uint64_t cycles, jobs, products, busy, zero_batches;
};

// Every layer; of those in `rows` all counts.
void check_network(const std::string& network, const std::map<std::string, Golden>& rows,
                   const Settings& settings = {}) {
    std::size_t met = 0;
    std::size_t layers = 0;
    run_real_network("phantom2d", network, settings,
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         INFO(real.layer.name);
                         ++layers;
                         CHECK(platform.statistic_sum("core.products") == real.photos.front().nz_macs);
                         const auto row = rows.find(real.layer.name);
                         if (row == rows.end()) {
                             return;
                         }
                         ++met;
                         CHECK(result.cycles == row->second.cycles);
                         if (settings.empty()) {
                             CHECK(platform.statistic("sequencer.jobs") == row->second.jobs);
                             CHECK(platform.statistic_sum("core.products") == row->second.products);
                             CHECK(platform.statistic_sum("core.busy") == row->second.busy);
                             CHECK(platform.statistic_sum("core.zero_batches") == row->second.zero_batches);
                         }
                     });
    CHECK((layers == 0 || met == rows.size()));
}

}  // namespace

TEST_CASE("Phantom-2D: LeNet-5") {
    check_network("lenet5_dns", {{"conv2", {477, 26, 38982, 14631, 21}}});
}
TEST_CASE("Phantom-2D: ResNet-8") {
    check_network("resnet8_cifar_mlperf", {{"01_conv", {7223, 20, 1438694, 506101, 130}},
                                           {"03_conv", {4796, 24, 775187, 275960, 0}},
                                           {"05_conv", {560, 8, 88320, 33546, 0}},
                                           {"09_fc", {14, 1, 624, 210, 0}}});
}
TEST_CASE("Phantom-2D: person detection") {
    check_network("person_detect_tflm", {});
}
TEST_CASE("Phantom-2D: SqueezeNet") {
    check_network("squeezenet_dc", {{"fire2/conv3x3_2", {48392, 128, 8138825, 3224984, 815}},
                                    {"conv1", {706925, 384, 169468281, 57633479, 1}}});
}
TEST_CASE("Phantom-2D: SqueezeNet with an output buffer of 54 slots") {
    check_network("squeezenet_dc", {{"fire2/conv3x3_2", {55904, 0, 0, 0, 0}}}, {{"output_buffer.depth", "54"}});
}
TEST_CASE("Phantom-2D: MobileNetV1") {
    check_network("mobilenet_v1_050_160",
                  {{"03_depthwise", {1922, 8, 262881, 95428, 702}}, {"10_conv", {21375, 32, 3797101, 1452462, 149}}});
}
TEST_CASE("Phantom-2D: MobileNetV2") {
    check_network("mobilenet_v2_100_224", {});
}
TEST_CASE("Phantom-2D: AlexNet") {
    check_network("alexnet_conv_skim_a", {});
}
