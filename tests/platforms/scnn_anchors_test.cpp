// Totals of whole networks with generated operands against the calculations of scnn_facts.md 4.1, 7, 10.1: class B,
// within 3 %, without values. The totals are printed.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/network.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

constexpr std::uint64_t kSeed = 1;

struct LayerTotals {
    std::string name;
    std::uint64_t cycles = 0;
    std::uint64_t slots = 0;
    std::uint64_t products = 0;
    std::uint64_t stalls = 0;  // conflict and bank drain, in PE-cycles
    std::uint64_t pe_cycles = 0;
    std::uint64_t unused_activation = 0;
    double utilisation() const { return double(products) / (16.0 * double(slots)); }
};

// Every convolution that `wanted` accepts at its published densities.
template <class Wanted>
std::vector<LayerTotals> count_network(const std::string& name, bool queues, Wanted wanted) {
    std::vector<LayerTotals> layers;
    const Network network = load_network(name);
    simulate(with_settings({{"compression.placeholders", "off"}, {"crossbar.queue_infinite", queues ? "off" : "on"}}),
             [&](Standalone& bench) {
                 for (const Layer* layer : network.weighted_layers()) {
                     if (layer->kind != LayerKind::convolution || !wanted(*layer)) {
                         continue;
                     }
                     const Operands weights =
                         generate_weights(*layer, layer->weight_density.value(), SparsityPattern::uniform, kSeed);
                     const Operands input = generate_activations(*layer, layer->activation_density.value(),
                                                                 SparsityPattern::uniform, kSeed);
                     LayerJob job;
                     job.layer = layer;
                     job.weights = &weights;
                     job.input = &input;
                     job.count_only = true;
                     const HostOutcome outcome = run_afresh(bench, job);
                     REQUIRE(outcome.done);
                     const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
                     LayerTotals totals;
                     totals.name = layer->name;
                     totals.cycles = outcome.records.back().cycles;
                     totals.slots = sum("busy") + sum("void");
                     totals.products = sum("products");
                     totals.stalls = sum("conflict") + sum("bank_drain");
                     totals.pe_cycles = 64 * totals.cycles;
                     totals.unused_activation = sum("lanes_partial_activation");
                     layers.push_back(totals);
                 }
             });
    return layers;
}

std::vector<LayerTotals> count_network(const std::string& name, bool queues) {
    return count_network(name, queues, [](const Layer&) { return true; });
}

std::uint64_t total(const std::vector<LayerTotals>& layers, std::uint64_t LayerTotals::*field) {
    std::uint64_t sum = 0;
    for (const LayerTotals& layer : layers) {
        sum += layer.*field;
    }
    return sum;
}

void check_total(const std::vector<LayerTotals>& layers, std::uint64_t anchor) {
    const std::uint64_t cycles = total(layers, &LayerTotals::cycles);
    const double distance = 100.0 * (double(cycles) - double(anchor)) / double(anchor);
    const std::string text = fmt::format("{} cycles, anchor {}: {:+.2f} %", cycles, anchor, distance);
    fmt::print("{}: {}\n", Catch::getResultCapture().getCurrentTestName(), text);
    INFO(text);
    CHECK(std::abs(distance) <= 3.0);
}

// V14: cycles in which the banks stall a PE.
double stall_percent(const std::vector<LayerTotals>& layers) {
    return 100.0 * double(total(layers, &LayerTotals::stalls)) / double(total(layers, &LayerTotals::pe_cycles));
}

}  // namespace

TEST_CASE("AlexNet with bank queues") {
    const auto layers = count_network("alexnet", true);
    CHECK(layers.size() == 5);
    check_total(layers, 397'926);
    const double stalls = stall_percent(layers);
    fmt::print("V14, AlexNet: {:.3f} % of the PE-cycles\n", stalls);
    CHECK(stalls < 3.0);
}

TEST_CASE("AlexNet without a bank model") {
    check_total(count_network("alexnet", false), 396'854);
}

TEST_CASE("VGG-16 with bank queues") {
    const auto layers = count_network("vgg16", true);
    CHECK(layers.size() == 13);
    check_total(layers, 4'516'665);
    fmt::print("V14, VGG-16 (printed, not gated): {:.3f} % of the PE-cycles\n", stall_percent(layers));
}

TEST_CASE("VGG-16 without a bank model") {
    check_total(count_network("vgg16", false), 4'328'338);
}

TEST_CASE("GoogLeNet: utilisation of the last modules and stalls") {
    const auto layers = count_network("googlenet", true);
    CHECK(layers.size() == 54);
    check_total(layers, 639'471);
    const double stalls = stall_percent(layers);
    fmt::print("V14, GoogLeNet: {:.3f} % of the PE-cycles\n", stalls);
    CHECK(stalls < 3.0);
    // V10: modules 5a and 5b.
    int checked = 0;
    for (const LayerTotals& layer : layers) {
        if (layer.name.find("inception_5") == std::string::npos) {
            continue;
        }
        ++checked;
        INFO(layer.name << ": " << layer.utilisation());
        const bool spatial = layer.name.ends_with("/3x3") || layer.name.ends_with("/5x5");
        CHECK(layer.utilisation() <= (spatial ? 0.25 : 0.20));
        if (!spatial) {
            CHECK(layer.utilisation() >= 0.14);
        }
    }
    CHECK(checked == 12);
}

TEST_CASE("a 1x1 layer on a 7x7 map fills one activation lane of four") {  // V11
    Layer layer;
    layer.name = "one_by_one";
    layer.C = 64;
    layer.K = 64;
    layer.H = layer.W = 7;
    simulate({}, [&](Standalone& bench) {
        for (const double density : {1.0, 0.4}) {
            const Operands weights = generate_weights(layer, density, SparsityPattern::uniform, kSeed);
            const Operands input = generate_activations(layer, density, SparsityPattern::uniform, kSeed);
            LayerJob job;
            job.layer = &layer;
            job.weights = &weights;
            job.input = &input;
            REQUIRE(run_afresh(bench, job).done);
            const std::uint64_t slots = bench.platform.statistic_sum("busy") + bench.platform.statistic_sum("void");
            CHECK(slots > 0);
            // Three of four lanes idle in every slot: I-efficiency is 0.25 exactly.
            CHECK(bench.platform.statistic_sum("lanes_partial_activation") == slots * 3 * 4);
        }
    });
}
