// The oracles of Phantom-2D, SparTen and Eyeriss v2 over random layers and machines.
#include <catch2/catch.hpp>

#include "tests/oracles/mapped_layer.h"
#include "tests/oracles/random_mask_machines.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace {

using namespace nonzero;
using namespace nonzero::oracle;
using test::RandomLayer;

constexpr int kLayers = 40;

std::uint64_t products_of(const RandomLayer& random) {
    return useful_products(random.layer, random.input, random.weights);
}
Psums sums_of(const RandomLayer& random) {
    return convolve(random.layer, random.input, random.weights);
}

}  // namespace

TEST_CASE("Phantom-2D's oracle on random layers and machines") {
    std::mt19937_64 random(1);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        const PhantomConfig config = test::random_phantom(random);
        const PhantomResult r = simulate_phantom(l.layer, l.input, l.weights, config);
        CHECK(r.output == sums_of(l));
        CHECK(attribution_closes(r, config));
        if (!config.dense)
            CHECK(r.products == products_of(l));
        CHECK((config.output_buffer_depth > 0 || r.stall == 0));
    }
}

// A batch takes at least a third of its products, out of order at most as long as in order.
TEST_CASE("Phantom's selectors keep their order on random layers") {
    std::mt19937_64 random(2);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        PhantomConfig config = test::random_phantom(random);
        config.dynamic_mesh = config.entry_split = false;
        config.l2_rate = 9;
        config.refill = PhantomConfig::batch;
        config.output_buffer_depth = 0;
        const auto cycles = [&] { return simulate_phantom(l.layer, l.input, l.weights, config).cycles; };
        config.selector = PhantomConfig::in_order;
        const std::uint64_t in_order = cycles();
        config.selector = PhantomConfig::out_of_order;
        const std::uint64_t out_of_order = cycles();
        config.selector = PhantomConfig::best_fit;
        const std::uint64_t best_fit = cycles();
        config.entry_split = true;
        const std::uint64_t split = cycles();
        CHECK(out_of_order <= in_order);
        CHECK(split <= out_of_order);
        CHECK(split <= best_fit);
    }
}

TEST_CASE("an output buffer as deep as the largest lead is unlimited") {
    std::mt19937_64 random(3);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        PhantomConfig config;
        config.lookahead = test::pick(random, 1, 40);
        config.selector = PhantomConfig::Selector(test::pick(random, 0, 2));
        const PhantomResult unlimited = simulate_phantom(l.layer, l.input, l.weights, config);
        config.output_buffer_depth = int(unlimited.largest_lead) + 1;
        const PhantomResult limited = simulate_phantom(l.layer, l.input, l.weights, config);
        CHECK(limited.cycles == unlimited.cycles);
        CHECK(limited.stall == 0);
    }
}

TEST_CASE("a barrier at every batch takes as long as one at every plane, or longer") {
    std::mt19937_64 random(4);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        PhantomConfig config;
        config.lookahead = test::pick(random, 1, 12);
        config.columns = PhantomConfig::barrier_plane;
        const std::uint64_t plane = simulate_phantom(l.layer, l.input, l.weights, config).cycles;
        config.columns = PhantomConfig::barrier_batch;
        CHECK(plane <= simulate_phantom(l.layer, l.input, l.weights, config).cycles);
    }
}

TEST_CASE("SparTen's oracle on random layers and machines") {
    std::mt19937_64 random(5);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        SpartenConfig config = test::random_sparten(random);
        const SpartenResult r = simulate_sparten(l.layer, l.input, l.weights, config);
        CHECK(r.output == sums_of(l));
        CHECK(r.products == products_of(l));
        CHECK(attribution_closes(r, config));
        config.barrier = SpartenConfig::chunk;
        const std::uint64_t chunk = simulate_sparten(l.layer, l.input, l.weights, config).cycles;
        config.barrier = SpartenConfig::cell;
        CHECK(simulate_sparten(l.layer, l.input, l.weights, config).cycles <= chunk);
    }
}

TEST_CASE("Eyeriss v2's oracle on random layers and machines") {
    std::mt19937_64 random(6);
    for (int i = 0; i < kLayers; ++i) {
        INFO(i);
        const RandomLayer l = test::random_mask_layer(random, i);
        const EyerissV2Config config = test::random_eyeriss_v2(random);
        const EyerissV2Result r = simulate_eyeriss_v2(l.layer, l.input, l.weights, config);
        CHECK(r.output == sums_of(l));
        CHECK(attribution_closes(r, config));
        CHECK(2 * r.busy == r.products + r.half_words);
        if (MappedShape(l.layer).mapping() != Mapping::depthwise)
            CHECK(r.products == products_of(l));
    }
}

TEST_CASE("switches without a common rule are refused") {
    const RandomLayer l = [] {
        std::mt19937_64 random(7);
        return test::random_fully_connected(random, 0);
    }();
    const auto refused = [&](void (*change)(PhantomConfig&)) {
        PhantomConfig config;
        change(config);
        CHECK_THROWS_AS(simulate_phantom(l.layer, l.input, l.weights, config), std::invalid_argument);
    };
    refused([](PhantomConfig& c) { c.lookahead = 0; });
    refused([](PhantomConfig& c) { c.mesh_rows = 0; });
    refused([](PhantomConfig& c) {
        c.output_buffer_depth = 54;
        c.refill = PhantomConfig::sliding;
    });
    refused([](PhantomConfig& c) {
        c.output_buffer_depth = 54;
        c.columns = PhantomConfig::barrier_batch;
    });
    refused([](PhantomConfig& c) {
        c.output_buffer_depth = 54;
        c.entry_split = true;
    });
    refused([](PhantomConfig& c) {
        c.entry_split = true;
        c.l2_rate = 3;
    });
    refused([](PhantomConfig& c) {
        c.one_pe_of_nine = true;
        c.l2_rate = 3;
    });
}
