// Golden rows of scnn_facts.md 10.11 through the platform.

#include <catch2/catch.hpp>

#include "tests/oracles/scnn_golden_rows.h"
#include "tests/platforms/scnn_real_networks.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

void check_published_machine(const GoldenNetwork& golden) {
    std::size_t row = 0;
    std::uint64_t kept = 0;
    std::uint64_t dropped = 0;
    std::uint64_t conflict = 0;
    run_scnn_network("scnn", golden.network, {},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         if (real.layer.kind == LayerKind::fully_connected) {  // the golden rows have the convolutions
                             return;
                         }
                         REQUIRE(row < golden.rows.size());
                         CHECK(real.layer.name == golden.rows[row].layer);
                         CHECK(result.cycles == golden.rows[row].cycles);
                         CHECK(platform.statistic("sequencer.layer_cycles") == golden.rows[row].cycles);
                         kept += platform.statistic_sum("products_kept");
                         dropped += platform.statistic_sum("products_dropped");
                         conflict += platform.statistic_sum("conflict");
                         ++row;
                     });
    if (row > 0) {
        CHECK(row == golden.rows.size());
        CHECK(kept == golden.kept);
        CHECK(dropped == golden.dropped);
        CHECK(conflict == golden.conflict);
    }
}

void check_closed_form(const GoldenNetwork& golden) {
    std::size_t row = 0;
    run_scnn_network("scnn", golden.network, {{"crossbar.queue_infinite", "true"}},
                     [&](const RealLayer& real, const Platform& platform, const LayerResult& result) {
                         if (real.layer.kind == LayerKind::fully_connected) {
                             return;
                         }
                         REQUIRE(row < golden.rows.size());
                         CHECK(real.layer.name == golden.rows[row].layer);
                         CHECK(platform.statistic("sequencer.computing") == golden.rows[row].equations);
                         CHECK(result.cycles <= golden.rows[row].cycles);
                         CHECK(platform.statistic_sum("conflict") == 0);
                         CHECK(platform.statistic_sum("bank_drain") == 0);
                         ++row;
                     });
}

}  // namespace

TEST_CASE("golden rows of lenet5_dns") {
    check_published_machine(kGoldenLenet);
}
TEST_CASE("golden rows of resnet8_cifar_mlperf") {
    check_published_machine(kGoldenResnet);
}
TEST_CASE("closed form of lenet5_dns") {
    check_closed_form(kGoldenLenet);
}
TEST_CASE("closed form of resnet8_cifar_mlperf") {
    check_closed_form(kGoldenResnet);
}
