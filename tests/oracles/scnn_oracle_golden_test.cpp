// Golden rows of scnn_facts.md 10.11, 10.9 rule 15 on the real networks.
#include <catch2/catch.hpp>
#include <string>

#include "tests/common/real_data.h"
#include "tests/oracles/scnn_golden_rows.h"
#include "tests/oracles/scnn_oracle.h"
#include "workloads/import.h"

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::ScnnResult;
using oracle::simulate_scnn;
using test::real_data;

void check_network(const test::GoldenNetwork& golden) {
    const RealNetwork network = RealNetwork::open(real_data(golden.network));
    std::uint64_t sum_kept = 0;
    std::uint64_t sum_dropped = 0;
    std::uint64_t sum_conflict = 0;
    for (const test::GoldenRow& row : golden.rows) {
        INFO(row.layer);
        const RealLayer* real = network.find(row.layer);
        REQUIRE(real != nullptr);
        const LayerTensors tensors = network.load(*real);
        const ScnnResult r = simulate_scnn(real->layer, tensors.input, tensors.weights, {});
        CHECK(r.layer_cycles == row.cycles);
        CHECK(r.equations_cycles == row.equations);
        CHECK(r.products_kept == real->photos.front().nz_macs);
        CHECK(sha256_of(r.output) == real->photos.front().sha256_without_bias);
        CHECK(attribution_closes(r, {}));
        sum_kept += r.products_kept;
        sum_dropped += r.products_dropped;
        sum_conflict += r.conflict_cycles;
    }
    CHECK(sum_kept == golden.kept);
    CHECK(sum_dropped == golden.dropped);
    CHECK(sum_conflict == golden.conflict);
}

}  // namespace

TEST_CASE("golden rows of lenet5_dns") {
    check_network(test::kGoldenLenet);
}
TEST_CASE("golden rows of resnet8_cifar_mlperf") {
    check_network(test::kGoldenResnet);
}

TEST_CASE("IARAM of SqueezeNet fire2 overflows") {
    const RealNetwork network = RealNetwork::open(real_data("squeezenet_dc"));
    const RealLayer* real = network.find("fire2/conv1x1_1");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    const ScnnResult r = simulate_scnn(real->layer, tensors.input, tensors.weights, {});
    CHECK(r.max_stored_activations == 4214);
    CHECK(r.iaram_overflows > 0);
    CHECK(sha256_of(r.output) == real->photos.front().sha256_without_bias);
}
