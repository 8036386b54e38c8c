// scnn_sparse_a and scnn_sparse_w (scnn_facts.md 2.5): where no operand has a zero they are SCNN; a zero of the dense
// operand costs what any other value costs; real networks. scnn_property_test compares them with the oracle.

#include <catch2/catch.hpp>
#include <map>

#include "tests/platforms/scnn_real_networks.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

RandomLayer layer_of(double input_density, double weight_density) {
    RandomLayer test;
    test.layer.name = "layer";
    test.layer.C = 8;
    test.layer.K = 24;
    test.layer.H = test.layer.W = 30;
    test.layer.KH = test.layer.KW = 3;
    test.layer.pad = {1, 1, 1, 1};
    test.input = generate_activations(test.layer, input_density, SparsityPattern::uniform, 1);
    test.weights = generate_weights(test.layer, weight_density, SparsityPattern::uniform, 1);
    return test;
}

struct Result {
    std::uint64_t cycles = 0;
    std::uint64_t products = 0;
    std::uint64_t kept = 0;
    std::uint64_t useful = 0;
};

// The three machines on one layer, in one simulation.
std::map<std::string, Result> run_all(const RandomLayer& test) {
    std::map<std::string, Result> results;
    Machines machines;
    for (const std::string kind : {"scnn", "scnn_sparse_a", "scnn_sparse_w"}) {
        machines.add(kind, kind, {}, [&, kind](Standalone& bench) {
            const LayerJob job = job_of(test);
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_sums(job, outcome.output) == convolve(test.layer, test.input, test.weights));
            const auto sum = [&](const char* counter) { return bench.platform.statistic_sum(counter); };
            results[kind] = {outcome.records.back().cycles, sum("products"), sum("products_kept"),
                             bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO)};
            CHECK(attributed_cycles(kind, bench) == 64 * outcome.records.back().cycles);
            CHECK(attributed_lanes(bench.platform) == 16 * slots(bench.platform));
        });
    }
    machines.run();
    return results;
}

void check_network(const std::string& kind, const std::string& name, int expected) {
    int layers = 0;
    run_scnn_network(kind, name, {}, [&](const RealLayer&, const Platform&, const LayerResult&) { ++layers; });
    CHECK((layers == expected || layers == 0));
}

}  // namespace

TEST_CASE("without zeros the one-sided machines are SCNN") {
    const RandomLayer test = layer_of(1.0, 1.0);
    const auto results = run_all(test);
    for (const auto& [kind, result] : results) {
        INFO(kind);
        CHECK(result.cycles == results.at("scnn").cycles);
        CHECK(result.products == results.at("scnn").products);
        CHECK(result.useful == useful_products(test.layer, test.input, test.weights));
    }
}

TEST_CASE("a dense operand's zeros cost what its other values cost") {
    const RandomLayer sparse = layer_of(0.4, 0.4);
    const auto results = run_all(sparse);
    RandomLayer filled_weights = sparse;
    RandomLayer filled_input = sparse;
    for (std::int16_t& value : filled_weights.weights.data) {
        value = value == 0 ? std::int16_t(1) : value;
    }
    for (std::int16_t& value : filled_input.input.data) {
        value = value == 0 ? std::int16_t(1) : value;
    }
    const std::uint64_t useful = useful_products(sparse.layer, sparse.input, sparse.weights);
    for (const auto& [kind, result] : results) {
        CHECK(result.useful == useful);
        CHECK(result.cycles >= results.at("scnn").cycles);
    }
    CHECK(results.at("scnn").kept == useful);
    CHECK(results.at("scnn_sparse_a").kept == useful_products(sparse.layer, sparse.input, filled_weights.weights));
    CHECK(results.at("scnn_sparse_w").kept == useful_products(sparse.layer, filled_input.input, sparse.weights));
}

TEST_CASE("lenet5_dns with dense weights") {
    check_network("scnn_sparse_a", "lenet5_dns", 4);
}
TEST_CASE("lenet5_dns with dense activations") {
    check_network("scnn_sparse_w", "lenet5_dns", 4);
}
TEST_CASE("resnet8_cifar_mlperf with dense weights") {
    check_network("scnn_sparse_a", "resnet8_cifar_mlperf", 10);
}
TEST_CASE("squeezenet_dc with dense activations") {
    check_network("scnn_sparse_w", "squeezenet_dc", 26);
}
