// Real networks through systolic machines: every layer with weights against the hash of its exact sums; and the data
// set's derived N:M cases on the machines that know their patterns.

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/platforms/platform_bench.h"
#include "workloads/gemm.h"
#include "workloads/import.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

Settings widths_of(const RealNetwork& network) {
    int bits = 2;
    for (const RealLayer& real : network.layers()) {
        bits = std::max({bits, real.weight_bits, real.activation_bits});
    }
    return {{"operand.bits", std::to_string(bits)}, {"accumulator.bits", bits > 9 ? "48" : "32"}};
}

// Every layer of the first photo.
void run_real_network(const std::string& kind, const std::string& name) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    const RealNetwork network = RealNetwork::open(directory);
    simulate(kind, with_settings(widths_of(network)), [&](Standalone& bench) {
        for (const RealLayer& real : network.layers()) {
            INFO(real.layer.name);
            const LayerTensors tensors = network.load(real);
            LayerJob job;
            job.layer = &real.layer;
            job.input = &tensors.input;
            job.weights = &tensors.weights;
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            const RealPhoto& photo = real.photos.front();
            CHECK(sha256_of(bench.lowering->decode_sums(job, outcome.output)) == photo.sha256_without_bias);
            CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == photo.nz_macs);
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == 0);
            CHECK(attributed_cycles(kind, bench) == 512 * outcome.records.back().cycles);
        }
    });
}

// The cases of a network whose pattern is one of the machine's own.
void run_derived(const std::string& kind, const std::string& name, int window, std::size_t cases) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    std::ifstream file(directory + "/../nm_derived.json");
    const auto data = nlohmann::json::parse(file);
    const RealNetwork network = RealNetwork::open(directory);
    std::size_t checked = 0;
    simulate(kind, with_settings(widths_of(network)), [&](Standalone& bench) {
        for (const auto& expected : data["cases"]) {
            const NmPattern pattern{expected["N"], expected["M"]};
            if (expected["network"] != name || pattern.m != window) {
                continue;
            }
            INFO(expected["layer"] << " at " << to_string(pattern));
            const RealLayer* real = network.find(expected["layer"]);
            REQUIRE(real != nullptr);
            const LayerTensors tensors = network.load(*real, expected["photo"]);
            Operands matrix = gemm_weights(real->layer, tensors.weights);
            prune_to_largest(matrix, pattern);
            const Operands weights = layer_weights(real->layer, matrix);
            LayerJob job;
            job.layer = &real->layer;
            job.input = &tensors.input;
            job.weights = &weights;
            job.pattern = pattern;
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            CHECK(sha256_of(bench.lowering->decode_sums(job, outcome.output)) == expected["y_sha256_nobias"]);
            CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == expected["nz_macs"]);
            ++checked;
        }
    });
    CHECK(checked == cases);
}

}  // namespace

TEST_CASE("VEGETA: LeNet-5") {
    run_real_network("vegeta", "lenet5_dns");
}
TEST_CASE("SPOTS: LeNet-5") {
    run_real_network("spots", "lenet5_dns");
}
TEST_CASE("output-stationary array: ResNet-8") {
    run_real_network("systolic_os", "resnet8_cifar_mlperf");
}
TEST_CASE("weight-stationary array: person detection") {
    run_real_network("systolic_ws", "person_detect_tflm");
}
TEST_CASE("input-stationary array: person detection") {
    run_real_network("systolic_is", "person_detect_tflm");
}
TEST_CASE("S2TA: SqueezeNet") {
    run_real_network("s2ta", "squeezenet_dc");
}
TEST_CASE("tensor core: SqueezeNet") {
    run_real_network("tensor_core_24", "squeezenet_dc");
}
TEST_CASE("VEGETA: MobileNetV2") {
    run_real_network("vegeta", "mobilenet_v2_100_224");
}
TEST_CASE("SPOTS: MobileNetV1") {
    run_real_network("spots", "mobilenet_v1_050_160");
}

TEST_CASE("VEGETA: SqueezeNet pruned to its patterns") {
    run_derived("vegeta", "squeezenet_dc", 4, 50);
}
TEST_CASE("S2TA: MobileNetV2 pruned to its patterns") {
    run_derived("s2ta", "mobilenet_v2_100_224", 8, 35);
}
