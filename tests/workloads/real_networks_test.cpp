// The published real networks against our arithmetic: the data set carries hashes of every layer's exact sums.

#include <catch2/catch.hpp>

#include "tests/common/real_data.h"
#include "workloads/import.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using test::real_data;

namespace {

void check_photo(const RealNetwork& network, const RealLayer& real, const RealPhoto& photo) {
    INFO(real.layer.name << ", photo " << photo.name);
    const LayerTensors tensors = network.load(real, photo.name);
    Psums sums = convolve(real.layer, tensors.input, tensors.weights);
    CHECK(sha256_of(sums) == photo.sha256_without_bias);
    CHECK(useful_products(real.layer, tensors.input, tensors.weights) == photo.nz_macs);
    if (!tensors.bias.empty()) {
        const std::size_t plane = sums.size() / tensors.bias.size();
        for (std::size_t i = 0; i < sums.size(); ++i) {
            sums.data[i] += tensors.bias[i / plane];
        }
        CHECK(sha256_of(sums) == photo.sha256_with_bias);
    }
}

void check_network(const std::string& name, std::size_t layers, bool all_photos = false) {
    const RealNetwork network = RealNetwork::open(real_data(name));
    CHECK(network.layers().size() == layers);
    for (const RealLayer& real : network.layers()) {
        CHECK_FALSE(real.photos.front().sha256_without_bias.empty());
        for (const RealPhoto& photo : real.photos) {
            check_photo(network, real, photo);
            if (!all_photos) {
                break;
            }
        }
    }
}

}  // namespace

TEST_CASE("lenet5_dns") {
    check_network("lenet5_dns", 4, true);
}
TEST_CASE("resnet8_cifar_mlperf") {
    check_network("resnet8_cifar_mlperf", 10, true);
}
TEST_CASE("person_detect_tflm") {
    check_network("person_detect_tflm", 28, true);
}
TEST_CASE("mobilenet_v1_050_160") {
    check_network("mobilenet_v1_050_160", 28);
}
TEST_CASE("mobilenet_v2_100_224") {
    check_network("mobilenet_v2_100_224", 53);
}
TEST_CASE("squeezenet_dc") {
    check_network("squeezenet_dc", 26);
}
TEST_CASE("alexnet_conv_skim_a") {
    check_network("alexnet_conv_skim_a", 4);
}
TEST_CASE("alexnet_conv_skim_b") {
    check_network("alexnet_conv_skim_b", 5);
}
