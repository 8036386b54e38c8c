// Real networks as a whole, from the first input alone: every stored input and every hash of the data sets is reached,
// and the last layer's output has the published hash.

#include <catch2/catch.hpp>

#include "tests/common/real_data.h"
#include "workloads/quantised_network.h"

using namespace nonzero;
using test::real_data;

namespace {

void check_walk(const std::string& name, const std::string& photo, const std::string& last_digits) {
    const RealNetwork data = RealNetwork::open(real_data(name));
    const QuantisedNetwork network(data);
    std::size_t walked = 0;
    const Operands last = walk_network(network, photo, [&](std::size_t layer, const ReferenceLayer& values) {
        const RealLayer& real = data.layers()[layer];
        const auto stored = std::find_if(real.photos.begin(), real.photos.end(),
                                         [&](const RealPhoto& entry) { return entry.name == photo; });
        INFO(real.layer.name);
        CHECK(values.input == values.tensors.input);
        CHECK(sha256_of(values.sums) == stored->sha256_without_bias);
        ++walked;
    });
    CHECK(walked == data.layers().size());
    CHECK(sha256_of(last).substr(0, 16) == last_digits);
}

}  // namespace

TEST_CASE("resnet8 from the photo to the last layer, cat") {
    check_walk("resnet8_cifar_mlperf", "cat", "4da3ce7ff9d27750");
}
TEST_CASE("resnet8 from the photo to the last layer, owl") {
    check_walk("resnet8_cifar_mlperf", "owl", "5faaee200ee0fcaa");
}
TEST_CASE("MobileNet v1 from the photo to the last layer, chelsea") {
    check_walk("mobilenet_v1_050_160", "chelsea", "484e57c6a7fc44e4");
}
TEST_CASE("MobileNet v1 from the photo to the last layer, coffee") {
    check_walk("mobilenet_v1_050_160", "coffee", "ecd3ff97eebe7544");
}
TEST_CASE("MobileNet v2 from the photo to the last layer, chelsea") {
    check_walk("mobilenet_v2_100_224", "chelsea", "b8de085338f1321b");
}
TEST_CASE("MobileNet v2 from the photo to the last layer, coffee") {
    check_walk("mobilenet_v2_100_224", "coffee", "ee90b2e56b57b54b");
}
TEST_CASE("person_detect from the photo to the last layer, a person") {
    check_walk("person_detect_tflm", "person_grey", "ea3922b6b5cdf092");
}
TEST_CASE("person_detect from the photo to the last layer, no person") {
    check_walk("person_detect_tflm", "no_person_grey", "0315888ed999c840");
}
