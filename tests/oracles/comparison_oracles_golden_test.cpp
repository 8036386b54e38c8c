// Golden rows of phantom_facts.md 9.8 on the real networks.
#include <string>

#include "tests/common/real_data.h"
#include "tests/oracles/comparison_oracles_check.h"
#include "workloads/import.h"
#include "workloads/reference.h"

namespace {

using namespace nonzero;

struct Real {
    LayerTensors tensors;
    Layer layer;
    Psums expected;
};
Real load(const test::ComparisonRow& row) {
    const RealNetwork network = RealNetwork::open(test::real_data(row.network));
    const RealLayer* real = network.find(row.layer);
    REQUIRE(real != nullptr);
    Real result{network.load(*real), real->layer, {}};
    result.expected = convolve(real->layer, result.tensors.input, result.tensors.weights);
    CHECK(sha256_of(result.expected) == real->photos.front().sha256_without_bias);
    return result;
}

}  // namespace

TEST_CASE("real layers on SparTen") {
    for (const test::ComparisonRow& row : test::kRealRows) {
        INFO(row.network << " " << row.layer);
        const Real real = load(row);
        test::check_sparten(row, real.layer, real.tensors.input, real.tensors.weights, real.expected);
    }
}
TEST_CASE("real layers on Eyeriss v2") {
    for (const test::ComparisonRow& row : test::kRealRows) {
        INFO(row.network << " " << row.layer);
        const Real real = load(row);
        test::check_eyeriss_v2(row, real.layer, real.tensors.input, real.tensors.weights, real.expected);
    }
}
TEST_CASE("real layers on the dense machines") {
    for (const test::ComparisonRow& row : test::kRealRows) {
        INFO(row.network << " " << row.layer);
        test::check_dense(row, load(row).layer);
    }
}
TEST_CASE("the fullest PE of Eyeriss v2") {
    const RealNetwork network = RealNetwork::open(test::real_data("resnet8_cifar_mlperf"));
    const RealLayer* real = network.find("03_conv");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    CHECK(oracle::simulate_eyeriss_v2(real->layer, tensors.input, tensors.weights, {}).most_weights == 383);
}
