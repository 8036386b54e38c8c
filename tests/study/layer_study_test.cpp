// The library's call: layers of given tensors, or of a network, in processes of their own.

#include "study/layer_study.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "platforms/platform.h"
#include "platforms/registry.h"
#include "tests/common/error_of.h"
#include "tests/common/random_layers.h"
#include "workloads/error.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using Catch::StartsWith;

namespace {

GivenLayer given_layer(std::uint32_t seed) {
    std::mt19937_64 random(seed);
    const RandomLayer layer = random_convolution(random, 1);
    GivenLayer given;
    given.layer = layer.layer;
    given.layer.name = "layer" + std::to_string(seed);
    given.input = layer.input;
    given.weights = layer.weights;
    return given;
}

MachineSpec machine(const std::string& platform) {
    MachineSpec spec;
    spec.platform = platform;
    return spec;
}

}  // namespace

TEST_CASE("a layer's sums are the reference's on every platform, call after call") {
    const GivenLayer given = given_layer(1);
    const Psums exact = convolve(given.layer, given.input, given.weights);
    for (const PlatformKind& kind : platform_registry()) {
        MachineSpec spec = machine(kind.name);
        spec.set = {{"accumulator.bits", "48"}, {"operand.bits", "16"}};
        const auto names = kind.make_parameters()->table.rows();
        spec.set.erase(std::remove_if(spec.set.begin(), spec.set.end(),
                                      [&](const auto& setting) {
                                          return std::none_of(names.begin(), names.end(), [&](const ParameterRow& row) {
                                              return row.name == setting.first;
                                          });
                                      }),
                       spec.set.end());
        const LayerNumbers numbers = run_layer(spec, given);
        INFO(kind.name);
        CHECK(numbers.passed());
        CHECK(numbers.values);
        CHECK(numbers.sums == exact);
        // A machine that skips all zeros has nothing to do where no product is left.
        CHECK((numbers.cycles > 0 || numbers.useful_products == 0));
        CHECK(numbers.energy_sum() > 0);
        CHECK(numbers.name == "layer1");
    }
    CHECK(sc_core::sc_get_top_level_objects().empty());
}

TEST_CASE("several layers come in order, the same for any number of processes") {
    const std::vector<GivenLayer> layers{given_layer(1), given_layer(2), given_layer(3)};
    MachineSpec spec = machine("dcnn");
    spec.set = {{"accumulator.bits", "48"}};
    RunSpec two;
    two.jobs = 2;
    const auto alone = run_layers(spec, layers);
    const auto parallel = run_layers(spec, layers, two);
    REQUIRE(alone.size() == 3);
    REQUIRE(parallel.size() == 3);
    for (std::size_t n = 0; n < 3; ++n) {
        CHECK(alone[n].name == layers[n].layer.name);
        CHECK(parallel[n].name == layers[n].layer.name);
        CHECK(alone[n].cycles == parallel[n].cycles);
        CHECK(alone[n].sums == parallel[n].sums);
        CHECK(alone[n].counters.size() == parallel[n].counters.size());
    }
}

TEST_CASE("post-processing and pooling are the layer's own") {
    GivenLayer given;
    given.layer.name = "pooled";
    given.layer.C = given.layer.K = 2;
    given.layer.H = given.layer.W = 4;
    given.input = Operands(given.layer.input_shape(), 3);
    given.weights = Operands(given.layer.weight_shape(), 2);
    given.post_processing.emplace();
    given.post_processing->requantisation.assign(2, Requantisation());
    given.post_processing->bias = {1, -20};
    given.pooling = Pooling();
    const LayerNumbers numbers = run_layer(machine("scnn"), given);
    CHECK(numbers.passed());
    CHECK(numbers.sums.size() == 0);
    REQUIRE(numbers.output.shape == std::vector<std::size_t>{2, 2, 2});
    CHECK(numbers.output.at(0, 0, 0) == 13);
    CHECK(numbers.output.at(1, 1, 1) == 0);

    given.post_processing.reset();
    CHECK_THAT(error_of([&] { run_layer(machine("scnn"), given); }), Contains("pooled"));
}

TEST_CASE("a network's layers run by their names, and counts alone put nothing out") {
    WorkloadSpec workload;
    workload.network = "alexnet";
    workload.layers = {"conv5"};
    RunSpec counts;
    counts.values = false;
    const auto layers = run_layers(machine("dcnn"), workload, counts);
    REQUIRE(layers.size() == 1);
    CHECK_FALSE(layers[0].values);
    CHECK(layers[0].sums.size() == 0);
    CHECK(layers[0].cycles > 0);
}

TEST_CASE("what cannot be studied is refused by the names of its fields") {
    const auto refusal = [](const WorkloadSpec& workload, const RunSpec& run = {}) {
        return error_of([&] { run_layers(machine("scnn"), workload, run); });
    };
    WorkloadSpec workload;
    CHECK_THAT(refusal(workload), StartsWith("network NAME or FILE.json, or tensors DIR, is missing"));
    workload.network = "alexnet";
    workload.layers = {"conv3", "conv9"};
    CHECK_THAT(refusal(workload), StartsWith("layers: unknown layer 'conv9'"));
    workload.layers = {"conv3", "conv3"};
    CHECK_THAT(refusal(workload), StartsWith("layers: 'conv3' is named twice"));
    workload.layers = {"conv3"};
    workload.kinds = {LayerKind::convolution};
    CHECK_THAT(refusal(workload), StartsWith("layers and kinds exclude each other"));
    workload.kinds = {};
    workload.weight_density = 1.5;
    CHECK_THAT(refusal(workload), StartsWith("weight_density: 1.5 is outside 0 .. 1"));
    workload.weight_density.reset();
    workload.sparsity = {Mask::natural};
    CHECK_THAT(refusal(workload), StartsWith("sparsity: 'natural'"));
    workload.sparsity = {};
    RunSpec run;
    run.dram_bandwidth = 0;
    CHECK_THAT(refusal(workload, run), StartsWith("dram_bandwidth: 0 is outside 0.001 .. "));
    run = {};
    run.jobs = 0;
    CHECK_THAT(refusal(workload, run), StartsWith("jobs: 0 is outside 1 .. "));
    run = {};
    run.traces.vcd_file = "waves.vcd";
    CHECK_THAT(refusal(workload, run), Contains("no traces"));

    GivenLayer given = given_layer(1);
    given.input.data.pop_back();
    given.input.shape = {1, 1, given.input.size()};
    CHECK_THROWS_AS(run_layer(machine("scnn"), given), InputError);
    given = given_layer(1);
    given.layer.stride_x = 0;
    CHECK_THROWS_AS(run_layer(machine("scnn"), given), InputError);
}

TEST_CASE("a process with modules of its own is told so") {
    const Platform own("own", "scnn");
    CHECK_THAT(error_of([] { run_layer(machine("scnn"), given_layer(1)); }), Contains("SystemC modules of its own"));
}
