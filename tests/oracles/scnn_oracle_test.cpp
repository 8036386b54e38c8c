#include "tests/oracles/scnn_oracle.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using namespace nonzero;
using oracle::attribution_closes;
using oracle::ScnnAttribution;
using oracle::ScnnConfig;
using oracle::ScnnResult;
using oracle::simulate_scnn;
using Cycles = std::vector<std::uint64_t>;

Layer convolution(int c, int h, int w, int k, int kernel, int stride = 1, int pad = 0, int groups = 1) {
    Layer layer;
    layer.name = "conv";
    layer.C = c;
    layer.H = h;
    layer.W = w;
    layer.K = k;
    layer.KH = layer.KW = kernel;
    layer.stride_y = layer.stride_x = stride;
    layer.pad = {pad, pad, pad, pad};
    layer.groups = groups;
    return layer;
}

Operands values(const std::vector<std::size_t>& shape, const std::vector<std::int16_t>& data) {
    Operands tensor(shape);
    REQUIRE(tensor.size() == data.size());
    tensor.data = data;
    return tensor;
}

Operands counted(const std::vector<std::size_t>& shape) {
    Operands tensor(shape);
    for (std::size_t i = 0; i < tensor.size(); ++i)
        tensor.data[i] = std::int16_t(i + 1);
    return tensor;
}

ScnnConfig grid(int rows, int columns) {
    ScnnConfig config;
    config.pe_rows = rows;
    config.pe_columns = columns;
    return config;
}

// busy, void, conflict, bank drain, barrier, halo and finalise, memory.
std::array<std::uint64_t, 7> cycles_of(const ScnnAttribution& a) {
    return {a.busy, a.void_slots, a.conflict, a.bank_drain, a.barrier, a.halo_finalise, a.memory};
}

// kept, dropped, placeholder, partial activation vector, partial weight vector.
std::array<std::uint64_t, 5> lanes_of(const ScnnAttribution& a) {
    return {a.kept, a.dropped, a.placeholder, a.unused_partial_activation, a.unused_partial_weight};
}

// E of every output-channel group; it depends on the geometry only, so the operands may be empty.
Cycles exchange_of(const Layer& layer, int kc = 8) {
    ScnnConfig config;
    config.kc = kc;
    return simulate_scnn(layer, Operands(layer.input_shape()), Operands(layer.weight_shape()), config).groups.exchange;
}

}  // namespace

TEST_CASE("one element per PE without halo") {
    const Layer layer = convolution(1, 2, 2, 1, 1);
    const ScnnConfig config = grid(2, 2);
    const ScnnResult r = simulate_scnn(layer, values({1, 2, 2}, {1, 2, 3, 0}), values({1, 1, 1, 1}, {5}), config);
    CHECK(r.output.data == std::vector<std::int64_t>{5, 10, 15, 0});
    // Issue, drain one entry, finalise one output; the PE without a non-zero waits at the barrier.
    CHECK(r.layer_cycles == 3);
    CHECK(r.equations_cycles == 1);
    CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{3, 0, 0, 3, 2, 4, 0});
    CHECK(lanes_of(r.attribution) == std::array<std::uint64_t, 5>{3, 0, 0, 36, 9});
    CHECK(r.max_stored_activations == 1);
    CHECK(r.max_queue_occupancy == 1);
    CHECK(r.iaram_overflows == 0);
}

TEST_CASE("3x3 kernel over a 2x2 plane on four PEs") {
    const Layer layer = convolution(1, 2, 2, 1, 3, 1, 1);
    const ScnnConfig config = grid(2, 2);
    const ScnnResult r = simulate_scnn(layer, counted({1, 2, 2}), counted({1, 1, 3, 3}), config);
    CHECK(r.output.data == std::vector<std::int64_t>{77, 67, 47, 37});
    // Every PE issues three vectors (4, 4 and 1 weights); one of them keeps nothing. Only the last PE keeps a product
    // in its last vector and drains one cycle. Each sends three packets; the two hops of the diagonal one take 3
    // cycles.
    CHECK(r.groups.start == Cycles{0});
    CHECK(r.groups.compute_end == Cycles{4});
    CHECK(r.groups.exchange == Cycles{3});
    CHECK(r.groups.finalise == Cycles{1});
    CHECK(r.groups.drain_end == Cycles{8});
    CHECK(r.layer_cycles == 8);
    CHECK(r.equations_cycles == 3);
    CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{8, 4, 0, 1, 3, 16, 0});
    CHECK(lanes_of(r.attribution) == std::array<std::uint64_t, 5>{16, 20, 0, 144, 12});
}

TEST_CASE("a third group waits for the drain of the first") {
    const Layer layer = convolution(1, 2, 2, 3, 3, 1, 1);
    ScnnConfig config = grid(2, 2);
    config.kc = 1;
    Operands weights({3, 1, 3, 3});
    for (std::size_t k = 0; k < 3; ++k)
        weights.at(k, 0, 1, 1) = std::int16_t(k + 1);
    const ScnnResult r = simulate_scnn(layer, counted({1, 2, 2}), weights, config);
    CHECK(r.output.data == std::vector<std::int64_t>{1, 2, 3, 4, 2, 4, 6, 8, 3, 6, 9, 12});
    CHECK(r.groups.start == Cycles{0, 2, 6});
    CHECK(r.groups.compute_end == Cycles{2, 4, 8});
    CHECK(r.groups.drain_end == Cycles{6, 10, 14});
    CHECK(r.layer_cycles == 14);
    CHECK(r.equations_cycles == 3);
    CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{12, 0, 0, 12, 0, 32, 0});
}

TEST_CASE("sixteen products to one bank") {
    const Layer layer = convolution(1, 1, 4, 4, 1);
    ScnnConfig config = grid(1, 1);
    config.banks = 1;
    const auto run = [&] { return simulate_scnn(layer, counted({1, 1, 4}), counted({4, 1, 1, 1}), config); };
    SECTION("queue of 8") {
        const ScnnResult r = run();
        CHECK(r.groups.compute_end == Cycles{17});
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{1, 0, 8, 8, 0, 16, 0});
        CHECK(r.conflict_cycles == 8);
        CHECK(r.max_queue_occupancy == 8);
        CHECK(r.output.data == std::vector<std::int64_t>{1, 2, 3, 4, 2, 4, 6, 8, 3, 6, 9, 12, 4, 8, 12, 16});
    }
    SECTION("one write per cycle") {
        config.single_write = true;
        const ScnnResult r = run();
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{1, 0, 15, 1, 0, 16, 0});
        CHECK(r.max_queue_occupancy == 1);
    }
    SECTION("no bank model") {
        config.infinite_queue = true;
        const ScnnResult r = run();
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{1, 0, 0, 0, 0, 16, 0});
        CHECK(r.layer_cycles == 17);
        CHECK(r.max_queue_occupancy == 0);
    }
}

TEST_CASE("bank hashes") {
    // Products on output channels 0 and k at (0, 0) and (y, x); the footprint is 10 x 10.
    const auto issue_cycles = [](ScnnConfig::Hash hash, int k, int y, int x, int banks) {
        const Layer layer = convolution(1, 10, 10, 10, 1);
        ScnnConfig config = grid(1, 1);
        config.kc = 10;
        config.hash = hash;
        config.banks = banks;
        config.placeholders = false;
        config.single_write = true;  // cycles of the vector = largest load of a bank
        Operands input({1, 10, 10});
        input.at(0, 0, 0) = input.at(0, std::size_t(y), std::size_t(x)) = 1;
        Operands weights({10, 1, 1, 1});
        weights.at(0, 0, 0, 0) = weights.at(std::size_t(k), 0, 0, 0) = 1;
        return simulate_scnn(layer, input, weights, config).conflict_cycles + 1;
    };
    CHECK(issue_cycles(ScnnConfig::h1, 1, 0, 2, 32) == 1);  // banks 0, 1, 16, 17
    CHECK(issue_cycles(ScnnConfig::h1, 1, 0, 2, 16) == 2);
    CHECK(issue_cycles(ScnnConfig::h1, 1, 0, 4, 32) == 2);  // x[2] is in no bit
    CHECK(issue_cycles(ScnnConfig::h1, 1, 0, 1, 8) == 2);   // x[0] is worth 8
    CHECK(issue_cycles(ScnnConfig::h1, 1, 1, 0, 8) == 1);   // y[0] is worth 4
    CHECK(issue_cycles(ScnnConfig::h1, 1, 1, 0, 4) == 2);
    CHECK(issue_cycles(ScnnConfig::h1, 1, 2, 2, 32) == 2);  // y[1] and x[1] cancel
    CHECK(issue_cycles(ScnnConfig::h1, 4, 0, 2, 32) == 2);  // banks 0, 16, 16, 0
    CHECK(issue_cycles(ScnnConfig::h1, 4, 0, 1, 32) == 1);  // banks 0, 16, 8, 24
    CHECK(issue_cycles(ScnnConfig::h1, 8, 0, 1, 32) == 2);  // k[3] is in no bit
    CHECK(issue_cycles(ScnnConfig::h2, 1, 0, 5, 32) == 1);  // addresses 0, 100, 5, 105
    CHECK(issue_cycles(ScnnConfig::h2, 1, 0, 5, 5) == 4);
    CHECK(issue_cycles(ScnnConfig::h2, 1, 2, 0, 32) == 1);  // addresses 0, 100, 20, 120
    CHECK(issue_cycles(ScnnConfig::h2, 1, 2, 0, 40) == 2);
    CHECK(issue_cycles(ScnnConfig::h3, 1, 0, 6, 32) == 1);  // 373 * 373 mod 32 = 25: banks 0, 25, 6, 31
    CHECK(issue_cycles(ScnnConfig::h3, 1, 0, 7, 32) == 2);  // and 32 falls on 0
    CHECK(issue_cycles(ScnnConfig::h3, 1, 2, 0, 10) == 1);  // 373 * 373 mod 10 = 9: banks 0, 9, 6, 5
    CHECK(issue_cycles(ScnnConfig::h3, 1, 7, 0, 10) == 2);  // banks 0, 9, 1, 0
    CHECK(issue_cycles(ScnnConfig::h4, 1, 0, 5, 32) == 2);  // k ignored
    CHECK(issue_cycles(ScnnConfig::h4, 1, 0, 5, 5) == 4);
    CHECK(issue_cycles(ScnnConfig::h4, 1, 3, 1, 5) == 4);  // 3 * 3 + 1
}

TEST_CASE("placeholders of long zero runs") {
    const Layer layer = convolution(1, 1, 80, 1, 1);
    ScnnConfig config = grid(1, 1);
    Operands input({1, 1, 80});
    const auto lanes = [&] {
        const ScnnResult r = simulate_scnn(layer, input, counted({1, 1, 1, 1}), config);
        CHECK(attribution_closes(r, config));
        return lanes_of(r.attribution);
    };
    SECTION("32 zeros between, 46 behind") {
        input.at(0, 0, 0) = input.at(0, 0, 33) = 1;
        CHECK(lanes() == std::array<std::uint64_t, 5>{2, 0, 2, 0, 12});
        config.placeholders = false;
        CHECK(lanes() == std::array<std::uint64_t, 5>{2, 0, 0, 8, 6});
    }
    SECTION("15 zeros between") {
        input.at(0, 0, 0) = input.at(0, 0, 16) = 1;
        CHECK(lanes() == std::array<std::uint64_t, 5>{2, 0, 0, 8, 6});
    }
    SECTION("64 zeros in front fill a vector that is a void slot") {
        input.at(0, 0, 64) = 1;
        config.iaram_entries = 4;
        const ScnnResult r = simulate_scnn(layer, input, counted({1, 1, 1, 1}), config);
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{1, 1, 0, 1, 0, 80, 0});
        CHECK(r.equations_cycles == 2);
        CHECK(r.max_stored_activations == 5);
        CHECK(r.iaram_overflows == 1);
    }
}

TEST_CASE("weight FIFO bounds the skew between PEs") {
    // Slots of the two PEs: 2 and 1 for weight vector 0, none for vector 1, 1 and 2 for vector 2.
    const Layer layer = convolution(3, 1, 16, 1, 1);
    ScnnConfig config = grid(1, 2);
    config.infinite_queue = true;
    Operands input({3, 1, 16});
    for (std::size_t x = 0; x < 8; ++x)
        input.at(0, 0, x) = input.at(2, 0, 8 + x) = 1;
    input.at(2, 0, 0) = input.at(0, 0, 8) = 1;
    const auto run = [&] { return simulate_scnn(layer, input, counted({1, 3, 1, 1}), config); };
    CHECK(run().groups.compute_end == Cycles{3});
    config.skew_fifo = true;
    config.fifo_depth = 3;
    CHECK(run().groups.compute_end == Cycles{3});
    for (const int depth : {1, 2}) {  // PE 1 waits for PE 0 before vector 2
        config.fifo_depth = depth;
        const ScnnResult r = run();
        CHECK(r.groups.compute_end == Cycles{4});
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{6, 0, 0, 0, 2, 16, 0});
        CHECK(r.equations_cycles == 3);
    }
}

TEST_CASE("layers the machine refuses") {
    Layer layer = convolution(1, 16, 16, 8, 3, 1, 1);
    layer.name = "conv7";
    const auto run = [&](const ScnnConfig& config) {
        return simulate_scnn(layer, Operands({1, 16, 16}, 1), Operands({8, 1, 3, 3}, 1), config);
    };
    ScnnConfig config;
    config.accumulator_entries = 16;  // footprint 4 x 4
    CHECK_FALSE(run(config).refused());
    CHECK(run(config).kc_effective == 1);
    config.accumulator_entries = 15;
    CHECK(run(config).refused());
    CHECK_THAT(run(config).refusal, Catch::Contains("conv7"));
    config = {};
    config.skew_fifo = true;
    config.fifo_depth = 18;  // 72 weights of 8 output channels
    CHECK_FALSE(run(config).refused());
    config.fifo_depth = 17;
    CHECK_THAT(run(config).refusal, Catch::Contains("conv7"));
    layer.dilation_x = 2;
    CHECK_THAT(run({}).refusal, Catch::Contains("conv7"));
}

TEST_CASE("fully connected layers") {
    Layer layer = convolution(3, 1, 1, 5, 1);
    layer.kind = LayerKind::fully_connected;
    ScnnConfig config = grid(2, 2);  // neurons 1, 1, 1 and 2
    const auto run = [&] { return simulate_scnn(layer, values({3, 1, 1}, {2, 0, 3}), counted({5, 3, 1, 1}), config); };
    SECTION("one group") {
        const ScnnResult r = run();
        CHECK(r.output.data == std::vector<std::int64_t>{11, 26, 41, 56, 71});
        CHECK(r.groups.compute_end == Cycles{3});
        CHECK(r.layer_cycles == 5);
        CHECK(r.equations_cycles == 2);
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{8, 0, 0, 4, 0, 8, 0});
        CHECK(lanes_of(r.attribution) == std::array<std::uint64_t, 5>{10, 0, 0, 96, 22});
    }
    SECTION("two groups, the second on one PE only") {
        config.kc = 1;
        const ScnnResult r = run();
        CHECK(r.output.data == std::vector<std::int64_t>{11, 26, 41, 56, 71});
        CHECK(r.groups.compute_end == Cycles{3, 6});
        CHECK(r.layer_cycles == 7);
        CHECK(cycles_of(r.attribution) == std::array<std::uint64_t, 7>{10, 0, 0, 5, 9, 4, 0});
    }
    SECTION("dense: a quarter of the multipliers") {
        layer = convolution(32, 1, 1, 128, 1);
        layer.kind = LayerKind::fully_connected;
        const ScnnResult r = simulate_scnn(layer, Operands({32, 1, 1}, 1), Operands({128, 32, 1, 1}, 1), config);
        CHECK(r.attribution.kept == 4096);
        CHECK(r.attribution.busy * 16 == 4 * r.attribution.kept);
    }
}

TEST_CASE("exchange of published shapes") {
    CHECK(exchange_of(convolution(1, 32, 32, 8, 3, 1, 1)) == Cycles{50});
    CHECK(exchange_of(convolution(1, 16, 16, 8, 3, 1, 1)) == Cycles{34});
    CHECK(exchange_of(convolution(1, 8, 8, 8, 3, 1, 1)) == Cycles{26});
    CHECK(exchange_of(convolution(1, 13, 13, 8, 1, 1, 1)) == Cycles{17});
    CHECK(exchange_of(convolution(1, 227, 227, 8, 11, 4)) == Cycles{161});
    CHECK(exchange_of(convolution(1, 27, 27, 8, 5, 1, 2)) == Cycles{133});
    CHECK(exchange_of(convolution(1, 28, 28, 8, 5)) == Cycles{193});
    CHECK(exchange_of(convolution(1, 12, 12, 10, 5)) == Cycles{194, 50});
    CHECK(exchange_of(convolution(1, 12, 12, 2, 5), 2) == Cycles{50});
    CHECK(exchange_of(convolution(1, 28, 28, 8, 1)) == Cycles{0});
}
