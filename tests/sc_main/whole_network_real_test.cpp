// The real 8-bit networks as networks through the built command: what the machines put out has the hashes of the
// reference that walks them (tests/workloads/network_walk_test.cpp).

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "platforms/registry.h"
#include "tests/common/real_data.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using nlohmann::json;

namespace {

void check_real(const std::string& platform, const std::string& network, const std::string& photo,
                const std::string& last_digits) {
    const std::string data = real_data(network);
    const SmallFolder folder;
    const Outcome outcome = run_program({"run", platform, "--tensors", data, "--whole-network", "--photo", photo,
                                         "--json", folder.file("results.json")});
    INFO(platform << ": " << outcome.errors);
    REQUIRE(outcome.status == 0);
    const json results = folder.results();
    for (const json& layer : results["layers"]) {
        CHECK(layer["checks"]["values"] == "passed");
        CHECK(layer["checks"]["data_set_sha256"] == "passed");
        CHECK(layer["checks"]["data_set_products"] == "passed");
    }
    CHECK(results["network"]["output"]["sha256"].get<std::string>().substr(0, 16) == last_digits);
}

}  // namespace

TEST_CASE("resnet8 runs as a network on every platform") {
    for (const PlatformKind& kind : platform_registry()) {
        check_real(kind.name, "resnet8_cifar_mlperf", "cat", "4da3ce7ff9d27750");
    }
}
TEST_CASE("resnet8 runs as a network from its second photo") {
    check_real("demm", "resnet8_cifar_mlperf", "owl", "5faaee200ee0fcaa");
}
TEST_CASE("MobileNet v1 runs as a network") {
    check_real("demm", "mobilenet_v1_050_160", "chelsea", "484e57c6a7fc44e4");
    check_real("dcnn_opt", "mobilenet_v1_050_160", "coffee", "ecd3ff97eebe7544");
}
TEST_CASE("MobileNet v2 runs as a network") {
    check_real("demm", "mobilenet_v2_100_224", "chelsea", "b8de085338f1321b");
    check_real("scnn", "mobilenet_v2_100_224", "coffee", "ee90b2e56b57b54b");
}
TEST_CASE("person_detect runs as a network") {
    check_real("scnn", "person_detect_tflm", "person_grey", "ea3922b6b5cdf092");
    check_real("vegeta", "person_detect_tflm", "no_person_grey", "0315888ed999c840");
}
