// Real networks through DeMM: every layer with weights against the hash of its exact sums, row by row as the weights
// were trained; derived N:M layers by their pattern; and a machine sized by what a layer needs.

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/platforms/demm_test_support.h"
#include "workloads/import.h"
#include "workloads/nm.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

Settings with_widths(const RealNetwork& network, Settings settings) {
    int bits = 2;
    for (const RealLayer& real : network.layers()) {
        bits = std::max({bits, real.weight_bits, real.activation_bits});
    }
    settings.emplace_back("operand.bits", std::to_string(bits));
    settings.emplace_back("accumulator.bits", bits > 9 ? "48" : "32");
    return settings;
}

// Every layer of the first photo.
void run_real_network(const std::string& name, const Settings& settings = {}) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    const RealNetwork network = RealNetwork::open(directory);
    simulate_demm(with_widths(network, settings), [&](Standalone& bench) {
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
            CHECK(attributed_cycles("demm", bench) == 512 * cycles_of(outcome));
        }
    });
}

void run_derived(const std::string& name, std::size_t cases) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    std::ifstream file(directory + "/../nm_derived.json");
    const nlohmann::json data = nlohmann::json::parse(file);
    const RealNetwork network = RealNetwork::open(directory);
    std::size_t checked = 0;
    simulate_demm(with_widths(network, {}), [&](Standalone& bench) {
        for (const nlohmann::json& expected : data["cases"]) {
            if (expected["network"] != name) {
                continue;
            }
            const RealLayer* const real = network.find(expected["layer"]);
            REQUIRE(real != nullptr);
            const LayerTensors tensors = network.load(*real, expected["photo"]);
            GemmCase gemm;
            gemm.layer = real->layer;
            gemm.input = tensors.input;
            gemm.pattern = NmPattern{expected["N"], expected["M"]};
            INFO(gemm.layer.name << " at " << to_string(*gemm.pattern));
            Operands matrix = gemm_weights(gemm.layer, tensors.weights);
            prune_to_largest(matrix, *gemm.pattern);
            gemm.weights = layer_weights(gemm.layer, matrix);
            const HostOutcome outcome = run_afresh(bench, gemm.job());
            REQUIRE(outcome.done);
            CHECK(sha256_of(bench.lowering->decode_sums(gemm.job(), outcome.output)) == expected["y_sha256_nobias"]);
            CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == expected["nz_macs"]);
            // Every pattern of 128 columns: j slots for j * 8 weights.
            const GemmShape shape = gemm_shape(gemm.layer);
            const auto rows = std::uint64_t(shape.groups) * std::uint64_t(shape.Mo);
            const auto tiles = std::uint64_t((shape.P + 63) / 64) * std::uint64_t((shape.K + 127) / 128);
            const auto slots = std::uint64_t(gemm.pattern->n * (128 / gemm.pattern->m) / 8);
            CHECK(bench.platform.statistic("row_streamer.slots") == rows * tiles * slots);
            CHECK(bench.platform.statistic("array.beyond_k") == 0);
            ++checked;
        }
    });
    CHECK(checked == cases);
}

}  // namespace

TEST_CASE("DeMM: LeNet-5") {
    run_real_network("lenet5_dns");
}
TEST_CASE("DeMM: ResNet-8") {
    run_real_network("resnet8_cifar_mlperf", {{"engine.preload", "hidden"}});
}
TEST_CASE("DeMM: person detection") {
    run_real_network("person_detect_tflm");
}
TEST_CASE("DeMM: SqueezeNet") {
    run_real_network("squeezenet_dc", {{"engine.preload", "naive"}});
}
TEST_CASE("DeMM: MobileNetV1") {
    run_real_network("mobilenet_v1_050_160");
}
TEST_CASE("DeMM: MobileNetV2") {
    run_real_network("mobilenet_v2_100_224");
}
TEST_CASE("DeMM: AlexNet") {
    run_real_network("alexnet_conv_skim_a");
}

TEST_CASE("DeMM: derived N:M layers of SqueezeNet") {
    run_derived("squeezenet_dc", 83);
}
TEST_CASE("DeMM: derived N:M layers of MobileNetV2") {
    run_derived("mobilenet_v2_100_224", 110);
}

TEST_CASE("DeMM: k as large as the densest rows need") {
    const std::string directory = real_network("squeezenet_dc");
    if (directory.empty()) {
        return;
    }
    const RealNetwork network = RealNetwork::open(directory);
    const RealLayer* const real = network.find("fire4/conv3x3_2");
    REQUIRE(real != nullptr);
    const LayerTensors tensors = network.load(*real);
    const Operands matrix = gemm_weights(real->layer, tensors.weights);
    const std::size_t columns = matrix.shape[1];
    int fullest = 0;
    for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
        fullest = std::max(fullest, fullest_window(std::span(matrix.data).subspan(row * columns, columns), 128));
    }
    const int needed = (fullest + 7) / 8;
    REQUIRE(needed > 8);  // denser than the published machine's k
    // Two machines of one simulation: as published, and as large as it takes.
    std::vector<std::unique_ptr<Standalone>> benches;
    for (const int k : {8, needed}) {
        const std::size_t n = benches.size();
        benches.push_back(std::make_unique<Standalone>(
            "bench" + std::to_string(k), "demm", with_settings(with_widths(network, {{"engine.k", std::to_string(k)}})),
            [&, n, k](Host&) {
                Standalone& bench = *benches[n];
                LayerJob job;
                job.layer = &real->layer;
                job.input = &tensors.input;
                job.weights = &tensors.weights;
                const HostOutcome outcome = run_afresh(bench, job);
                REQUIRE(outcome.done);
                CHECK(sha256_of(bench.lowering->decode_sums(job, outcome.output)) ==
                      real->photos.front().sha256_without_bias);
                CHECK((bench.platform.statistic("array.beyond_k") == 0) == (k == needed));
            }));
    }
    sc_core::sc_start();
    for (const auto& bench : benches) {
        bench->check();
    }
    CHECK(benches[0]->platform.statistic("sequencer.layer_cycles") ==
          benches[1]->platform.statistic("sequencer.layer_cycles"));
}
