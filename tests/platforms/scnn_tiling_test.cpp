// Layers whose activations do not fit on chip (models/pe_array/temporal_tiling.h).

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include "models/pe_array/temporal_tiling.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

RandomLayer dense_layer(LayerKind kind, int channels, int plane, int outputs, int kernel) {
    RandomLayer made;
    made.layer.name = "layer";
    made.layer.kind = kind;
    made.layer.C = channels;
    made.layer.H = made.layer.W = plane;
    made.layer.K = outputs;
    made.layer.KH = made.layer.KW = kernel;
    made.input = generate_activations(made.layer, 1, SparsityPattern::uniform, 1);
    made.weights = generate_weights(made.layer, 0.5, SparsityPattern::uniform, 1);
    return made;
}

struct Traffic {
    std::uint64_t cycles;
    std::uint64_t weights;
    std::uint64_t activations_in;
    std::uint64_t activations_out;
    std::uint64_t tiles;
    std::uint64_t dma_read;
};

Traffic run(Standalone& bench, const RandomLayer& layer, bool compressed = false) {
    LayerJob job = job_of(layer);
    if (compressed) {
        job.post_processing.emplace();
        job.post_processing->requantisation.resize(std::size_t(layer.layer.K));
        job.post_processing->relu = false;
    }
    const HostOutcome outcome = run_afresh(bench, job);
    REQUIRE(outcome.done);
    const Platform& platform = bench.platform;
    // A broadcast reaches every FIFO, the weights of neurons one of them.
    const std::uint64_t receivers = layer.layer.kind == LayerKind::fully_connected ? 1 : 4;
    CHECK(platform.statistic_sum("weight_fifo_write_bytes") ==
          receivers * platform.statistic("sequencer.weight_broadcast_bytes"));
    return {outcome.records.back().cycles,
            platform.statistic("sequencer.dram_weight_bytes"),
            platform.statistic("sequencer.dram_activation_read_bytes"),
            platform.statistic("sequencer.dram_activation_write_bytes"),
            platform.statistic("sequencer.temporal_tiles"),
            platform.statistic("dma_engine.read_bytes")};
}

// Each layer on a 2x2 machine whose IARAM is large enough, and on one with 200 entries; the memory is slow.
std::vector<std::pair<Traffic, Traffic>> run_both(const std::vector<const RandomLayer*>& layers, const char* enough,
                                                  const char* timing) {
    std::vector<std::pair<Traffic, Traffic>> runs(layers.size());
    DramParameters slow = Standalone::default_dram();
    slow.bytes_per_ns = 0.5;
    Machines machines;
    for (const bool tiled : {false, true}) {
        machines.add(
            tiled ? "tiled" : "whole", "scnn",
            with_settings({{"pe.rows", "2"},
                           {"pe.columns", "2"},
                           {"memory.timing", timing},
                           {"iaram.entries", tiled ? "200" : enough}}),
            [&, tiled](Standalone& bench) {
                for (std::size_t n = 0; n < layers.size(); ++n) {
                    (tiled ? runs[n].second : runs[n].first) = run(bench, *layers[n]);
                }
            },
            slow);
    }
    machines.run();
    return runs;
}

}  // namespace

TEST_CASE("tiles are the fillings of the fullest IARAM") {
    CHECK(temporal_tiling(4096, 4096, false, 5).on_chip());
    CHECK(temporal_tiling(0, 1, true, 5).on_chip());
    const auto two = temporal_tiling(4097, 4096, false, 5);
    CHECK(two.tiles == 2);
    CHECK(two.weight_reads == 2);
    CHECK(two.activation_reads == 1);
    const auto neurons = temporal_tiling(9000, 4096, true, 5);
    CHECK(neurons.tiles == 3);
    CHECK(neurons.weight_reads == 1);
    CHECK(neurons.activation_reads == 5);
}

TEST_CASE("the groups' shares are the activations, each byte once or once per group") {
    CHECK(test::property_holds("shares", [] {
        const nz_region input{*rc::gen::inRange<std::uint64_t>(0, 1000), *rc::gen::inRange<std::uint64_t>(1, 1000)};
        const std::uint64_t groups = *rc::gen::inRange<std::uint64_t>(1, 20);
        const auto once = temporal_tiling(2, 1, false, groups);
        std::uint64_t next = input.address;
        for (std::uint64_t group = 0; group < groups; ++group) {
            const nz_region share = activation_share(input, once, group, groups);
            RC_ASSERT(share.address == next);
            next += share.size;
            const auto again = temporal_tiling(2, 1, true, groups);
            RC_ASSERT(activation_share(input, again, group, groups).size == input.size);
            RC_ASSERT(activation_share(input, {}, group, groups).size == 0);
        }
        RC_ASSERT(next == input.address + input.size);
    }));
}

TEST_CASE("what does not fit is read again and costs no cycle on ideal memory") {
    // 8 channels of a 16x16 plane on 2x2 PEs: 512 entries in each IARAM.
    const RandomLayer layer = dense_layer(LayerKind::convolution, 8, 16, 16, 3);
    const auto [whole, tiled] = run_both({&layer}, "512", "ideal").front();
    CHECK(whole.tiles == 1);
    CHECK(whole.activations_in == 0);
    CHECK(tiled.tiles == 3);
    CHECK(tiled.weights == 3 * whole.weights);
    CHECK(tiled.activations_in >= 4 * 512 * 5 / 2);  // 20 bits each at least
    CHECK(tiled.cycles == whole.cycles);
}

TEST_CASE("where memory takes time the tiles' reads go through the DMA engine") {
    const RandomLayer convolution = dense_layer(LayerKind::convolution, 8, 16, 16, 3);
    const RandomLayer neurons = dense_layer(LayerKind::fully_connected, 600, 1, 64, 1);
    const auto runs = run_both({&convolution, &neurons}, "4096", "modelled");
    for (const auto& [whole, tiled] : runs) {
        CHECK(whole.tiles == 1);
        CHECK(tiled.tiles == 3);
        CHECK(tiled.cycles > whole.cycles);
        // What was read more is exactly what the counters say; a tiled layer needs no LOAD.
        CHECK(tiled.dma_read + NZ_DESCRIPTOR_SIZE - whole.dma_read ==
              tiled.weights - whole.weights + tiled.activations_in);
    }
    CHECK(runs[0].second.weights == 3 * runs[0].first.weights);
    CHECK(runs[1].second.weights == runs[1].first.weights);
    // 64 neurons on 4 PEs in groups of 8: two groups, each of which needs all inputs.
    CHECK(runs[1].second.activations_in >= 2 * 600 * 5 / 2);
}

TEST_CASE("inputs that fit are loaded, others come with the layer") {
    const RandomLayer layer = dense_layer(LayerKind::convolution, 8, 16, 16, 3);  // 512 entries in each of four IARAMs
    const RandomLayer neurons = dense_layer(LayerKind::fully_connected, 600, 1, 64, 1);
    const PlatformKind& kind = find_platform("scnn");
    const auto lowering_for = [&](const char* entries) {
        return kind.make_lowering(
            *make_parameters(kind, {}, {{"pe.rows", "2"}, {"pe.columns", "2"}, {"iaram.entries", entries}}));
    };
    simulate(with_settings({{"pe.rows", "2"}, {"pe.columns", "2"}, {"iaram.entries", "511"}}), [&](Standalone& bench) {
        for (const RandomLayer* test : {&layer, &neurons}) {
            const LayerJob job = job_of(*test);
            const MemoryImage tiled = bench.lowering->lower(job, Standalone::kBase);
            CHECK(tiled.descriptor_count == 1);
            const HostOutcome outcome = run_afresh(bench, tiled);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_sums(job, outcome.output) ==
                  convolve(test->layer, test->input, test->weights));
            // A LOAD of as much is more than the IARAMs hold.
            const MemoryImage loaded = lowering_for("600")->lower(job, Standalone::kBase);
            CHECK(loaded.descriptor_count == 2);
            const HostOutcome refused = run_afresh(bench, loaded);
            CHECK_FALSE(refused.done);
            CHECK(refused.error == NZ_ERROR_CAPACITY);
            CHECK(refused.records[0].status == NZ_STATUS_DONE);
            // What a layer brought with it is not resident for the next.
            REQUIRE(run_afresh(bench, tiled).done);
            MemoryImage next = loaded;
            next.descriptor_address += NZ_DESCRIPTOR_SIZE;
            next.descriptor_count = 1;
            CHECK(bench.host.run(next).error == NZ_ERROR_NOT_RESIDENT);
        }
    });
    CHECK(lowering_for("512")->lower(job_of(layer), Standalone::kBase).descriptor_count == 2);
}

TEST_CASE("outputs beyond OARAM are written to memory") {
    const RandomLayer layer = dense_layer(LayerKind::convolution, 4, 16, 16, 1);
    simulate(with_settings({{"pe.rows", "2"}, {"pe.columns", "2"}, {"oaram.entries", "100"}}), [&](Standalone& bench) {
        const Traffic traffic = run(bench, layer, true);
        CHECK(traffic.activations_out > 16 * 16 * 16 * 2);
        CHECK(traffic.activations_in == 0);
    });
}
