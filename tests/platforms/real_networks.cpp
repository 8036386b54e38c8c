#include "tests/platforms/real_networks.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/common/real_data.h"
#include "workloads/gemm.h"

namespace nonzero::test {

Settings with_widths(const RealNetwork& network, Settings settings) {
    int bits = 2;
    for (const RealLayer& real : network.layers()) {
        bits = std::max({bits, real.weight_bits, real.activation_bits});
    }
    settings.emplace_back("operand.bits", std::to_string(bits));
    settings.emplace_back("accumulator.bits", bits > 9 ? "48" : "32");
    return settings;
}

void run_real_network(const std::string& kind, const std::string& name, const Settings& settings,
                      const std::function<void(Standalone&, const RealLayer&, const HostOutcome&)>& each) {
    const RealNetwork network = RealNetwork::open(real_data(name));
    simulate(kind, with_settings(with_widths(network, settings)), [&](Standalone& bench) {
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
            each(bench, real, outcome);
        }
    });
}

void run_derived_cases(const std::string& kind, const std::string& name, std::optional<int> window, std::size_t cases,
                       const std::function<void(Standalone&, const Layer&, const NmPattern&)>& each) {
    const nlohmann::json data = nlohmann::json::parse(std::ifstream(real_data("nm_derived.json")));
    const RealNetwork network = RealNetwork::open(real_data(name));
    std::size_t checked = 0;
    simulate(kind, with_settings(with_widths(network)), [&](Standalone& bench) {
        for (const nlohmann::json& expected : data["cases"]) {
            const NmPattern pattern{expected["N"], expected["M"]};
            if (expected["network"] != name || (window && pattern.m != *window)) {
                continue;
            }
            const RealLayer* const real = network.find(expected["layer"]);
            REQUIRE(real != nullptr);
            INFO(real->layer.name << " at " << to_string(pattern));
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
            each(bench, real->layer, pattern);
            ++checked;
        }
    });
    CHECK(checked == cases);
}

}  // namespace nonzero::test
