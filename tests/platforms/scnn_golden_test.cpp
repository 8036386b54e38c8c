// Golden rows of the SCNN card (10.11) through the platform.

#include <catch2/catch.hpp>

#include "tests/platforms/scnn_real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Row {
    const char* layer;
    std::uint64_t cycles;
    std::uint64_t equations;  // (1)-(3): without the drain
};
struct Golden {
    const char* network;
    std::vector<Row> rows;
    std::uint64_t kept;
    std::uint64_t dropped;
    std::uint64_t conflict;
};

const Golden kLenet{"lenet5_dns", {{"conv1", 710, 80}, {"conv2", 1268, 246}}, 50562, 38315, 98};
const Golden kResnet{"resnet8_cifar_mlperf",
                     {{"00_conv", 612, 432},
                      {"01_conv", 2016, 1836},
                      {"02_conv", 1800, 1620},
                      {"03_conv", 1212, 1152},
                      {"04_conv", 2301, 2231},
                      {"05_conv", 164, 128},
                      {"06_conv", 3264, 3232},
                      {"07_conv", 3929, 3887},
                      {"08_conv", 384, 368}},
                     6206746,
                     416510,
                     0};

void check_published_machine(const Golden& golden) {
    std::size_t row = 0;
    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    std::uint64_t conflict = 0;
    run_scnn_network("scnn", golden.network, {},
                     [&](Standalone& bench, const RealLayer& real, const HostOutcome& outcome) {
                         if (real.layer.kind == LayerKind::fully_connected) {  // the card has the convolutions
                             return;
                         }
                         REQUIRE(row < golden.rows.size());
                         CHECK(real.layer.name == golden.rows[row].layer);
                         CHECK(outcome.records.back().cycles == golden.rows[row].cycles);
                         CHECK(bench.host.read_counter(NZ_REG_LAYER_CYCLES_LO) == golden.rows[row].cycles);
                         kept += bench.platform.statistic_sum("products_kept");
                         dropped += bench.platform.statistic_sum("products_dropped");
                         conflict += bench.platform.statistic_sum("conflict");
                         ++row;
                     });
    if (row > 0) {
        CHECK(row == golden.rows.size());
        CHECK(kept == golden.kept);
        CHECK(dropped == golden.dropped);
        CHECK(conflict == golden.conflict);
    }
}

void check_closed_form(const Golden& golden) {
    std::size_t row = 0;
    run_scnn_network("scnn", golden.network, {{"crossbar.queue_infinite", "true"}},
                     [&](Standalone& bench, const RealLayer& real, const HostOutcome& outcome) {
                         if (real.layer.kind == LayerKind::fully_connected) {
                             return;
                         }
                         REQUIRE(row < golden.rows.size());
                         CHECK(real.layer.name == golden.rows[row].layer);
                         CHECK(bench.platform.statistic("sequencer.computing") == golden.rows[row].equations);
                         CHECK(outcome.records.back().cycles <= golden.rows[row].cycles);
                         CHECK(bench.platform.statistic_sum("conflict") == 0);
                         CHECK(bench.platform.statistic_sum("bank_drain") == 0);
                         ++row;
                     });
}

}  // namespace

TEST_CASE("golden rows of lenet5_dns") {
    check_published_machine(kLenet);
}
TEST_CASE("golden rows of resnet8_cifar_mlperf") {
    check_published_machine(kResnet);
}
TEST_CASE("closed form of lenet5_dns") {
    check_closed_form(kLenet);
}
TEST_CASE("closed form of resnet8_cifar_mlperf") {
    check_closed_form(kResnet);
}
