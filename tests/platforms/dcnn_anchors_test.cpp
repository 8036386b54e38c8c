// Cycles of whole networks on the dense machine, exact: the dense reference (scnn_facts.md 4.1, without rounding up)
// and the realisable rule (10.7), which follows from shapes alone.

#include <catch2/catch.hpp>

#include "tests/platforms/platform_bench.h"
#include "workloads/network.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

std::uint64_t round_up(std::uint64_t a, std::uint64_t b) {
    return (a + b - 1) / b;
}

// 10.7: outputs of the largest tile x K x ceil(products of an output / 16).
std::uint64_t realisable(const Layer& layer) {
    const auto largest = [](int n) { return round_up(std::uint64_t(n), 8); };
    const std::uint64_t products = layer.weights() / std::uint64_t(layer.K);
    if (layer.kind == LayerKind::fully_connected) {
        return round_up(std::uint64_t(layer.K), 64) * round_up(products, 16);
    }
    return largest(layer.P()) * largest(layer.Q()) * std::uint64_t(layer.K) * round_up(products, 16);
}

void check_network(const std::string& kind, const std::string& name, std::size_t layers, std::uint64_t normalised) {
    const Network network = load_network(name);
    std::size_t run = 0;
    std::uint64_t tile_macs = 0;
    simulate(kind, {}, [&](Standalone& bench) {
        const PlatformReport report = find_platform(kind).make_report(*bench.parameters);
        REQUIRE(report.other_rules.size() == 1);
        CHECK(report.other_rules.front().name == "normalised");
        CHECK(report.other_rules.front().divisor == 16);
        for (const Layer* layer : network.weighted_layers()) {
            const Operands weights(layer->weight_shape());
            const Operands input(layer->input_shape());
            LayerJob job;
            job.layer = layer;
            job.weights = &weights;
            job.input = &input;
            job.count_only = true;
            INFO(layer->name);
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            CHECK(outcome.records.back().cycles == realisable(*layer));
            CHECK(attributed_cycles(kind, bench) == 64 * outcome.records.back().cycles);
            if (layer->kind == LayerKind::convolution) {
                tile_macs += bench.platform.statistic(report.other_rules.front().counter);
                ++run;
            }
        }
    });
    CHECK(run == layers);
    CHECK(round_up(tile_macs, 16) == normalised);
}

}  // namespace

TEST_CASE("AlexNet on DCNN takes the cycles of the dense reference") {
    check_network("dcnn", "alexnet", 5, 911'586);
}
TEST_CASE("AlexNet on DCNN-opt is as fast") {
    check_network("dcnn_opt", "alexnet", 5, 911'586);
}
TEST_CASE("VGG-16 on DCNN takes the cycles of the dense reference") {
    check_network("dcnn", "vgg16", 13, 16'784'064);
}
TEST_CASE("GoogLeNet on DCNN takes the cycles of the dense reference") {
    check_network("dcnn", "googlenet", 54, 1'408'128);
}
