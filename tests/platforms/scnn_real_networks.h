#pragma once
// Real networks through the SCNN platform: every layer against the hash of its exact sums.

#include <algorithm>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/import.h"

namespace nonzero::test {

// operand.bits and accumulator.bits of the network's number format.
inline Settings widths_of(const RealNetwork& network) {
    int bits = 2;
    for (const RealLayer& real : network.layers()) {
        bits = std::max({bits, real.weight_bits, real.activation_bits});
    }
    return {{"operand.bits", std::to_string(bits)}, {"accumulator.bits", bits > 9 ? "48" : "32"}};
}

// Every layer of the first photo; then calls each(bench, layer, outcome).
template <class Each>
void run_real_network(const std::string& kind, const std::string& name, Settings settings, Each each) {
    const std::string directory = real_network(name);
    if (directory.empty()) {
        return;
    }
    const RealNetwork network = RealNetwork::open(directory);
    const Settings widths = widths_of(network);
    settings.insert(settings.end(), widths.begin(), widths.end());
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
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
            CHECK(bench.platform.statistic_sum("products_useful") == photo.nz_macs);
            CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == photo.nz_macs);
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == 0);
            each(bench, real, outcome);
        }
    });
}

template <class Each>
void run_real_network(const std::string& name, Settings settings, Each each) {
    run_real_network("scnn", name, std::move(settings), each);
}

}  // namespace nonzero::test
