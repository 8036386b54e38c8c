// Golden rows of the SCNN card (10.11, 10.9 rule 15) on the real networks.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/common/real_data.h"
#include "tests/oracles/scnn_oracle.h"
#include "workloads/import.h"

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::ScnnResult;
using oracle::simulate_scnn;
using test::real_data;

struct Golden {
    const char* layer;
    std::uint64_t cycles;
    std::uint64_t equations;
};

void check_network(const std::string& directory, const std::vector<Golden>& rows, std::uint64_t kept,
                   std::uint64_t dropped, std::uint64_t conflict) {
    const RealNetwork network = RealNetwork::open(directory);
    std::uint64_t sum_kept = 0;
    std::uint64_t sum_dropped = 0;
    std::uint64_t sum_conflict = 0;
    for (const Golden& row : rows) {
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
    CHECK(sum_kept == kept);
    CHECK(sum_dropped == dropped);
    CHECK(sum_conflict == conflict);
}

}  // namespace

TEST_CASE("golden rows of lenet5_dns") {
    const std::string directory = real_data("lenet5_dns");
    if (!directory.empty())
        check_network(directory, {{"conv1", 710, 80}, {"conv2", 1268, 246}}, 50562, 38315, 98);
}

TEST_CASE("golden rows of resnet8_cifar_mlperf") {
    const std::string directory = real_data("resnet8_cifar_mlperf");
    if (!directory.empty())
        check_network(directory,
                      {{"00_conv", 612, 432},
                       {"01_conv", 2016, 1836},
                       {"02_conv", 1800, 1620},
                       {"03_conv", 1212, 1152},
                       {"04_conv", 2301, 2231},
                       {"05_conv", 164, 128},
                       {"06_conv", 3264, 3232},
                       {"07_conv", 3929, 3887},
                       {"08_conv", 384, 368}},
                      6206746, 416510, 0);
}

TEST_CASE("IARAM of SqueezeNet fire2 overflows") {
    const std::string directory = real_data("squeezenet_dc");
    if (directory.empty())
        return;
    const RealNetwork network = RealNetwork::open(directory);
    const RealLayer* real = network.find("fire2/conv1x1_1");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    const ScnnResult r = simulate_scnn(real->layer, tensors.input, tensors.weights, {});
    CHECK(r.max_stored_activations == 4214);
    CHECK(r.iaram_overflows > 0);
    CHECK(sha256_of(r.output) == real->photos.front().sha256_without_bias);
}
