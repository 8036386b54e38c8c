// Activation buffer and output buffer between stubs.

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <cstring>
#include <map>

#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "tests/models/common/module_bench.h"

using namespace nonzero;
using namespace nonzero::gemm;

namespace {

Layer random_layer() {
    Layer layer;
    layer.groups = *rc::gen::inRange(1, 3);
    layer.C = layer.groups * *rc::gen::inRange(1, 4);
    layer.K = layer.groups;
    layer.KH = *rc::gen::inRange(1, 4);
    layer.KW = *rc::gen::inRange(1, 4);
    layer.stride_y = *rc::gen::inRange(1, 3);
    layer.stride_x = *rc::gen::inRange(1, 3);
    layer.dilation_y = *rc::gen::inRange(1, 3);
    layer.pad = {*rc::gen::inRange(0, 2), *rc::gen::inRange(0, 2), 0, 1};
    layer.H = layer.dilation_y * (layer.KH - 1) + *rc::gen::inRange(1, 6);
    layer.W = layer.KW + *rc::gen::inRange(0, 6);
    return layer;
}

struct ActivationBench : ModuleBench {
    explicit ActivationBench(sc_core::sc_module_name module_name)
        : ModuleBench(module_name, "buffer"), buffer("buffer", statistics), load("load"), tiles("tiles") {
        load.bind(buffer.load);
        tiles.bind(buffer.tiles);
    }
    int store(const GemmPlan& plan, const std::vector<std::int16_t>& activations) {
        ActivationLoad message;
        message.plan = &plan;
        message.activations = activations;
        sc_core::sc_time delay;
        load.send(message, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        return message.bits;
    }
    ActivationBuffer buffer;
    StreamInitiator<ActivationLoad> load;
    StreamInitiator<ActivationTile> tiles;
};

struct OutputBench : ModuleBench {
    explicit OutputBench(sc_core::sc_module_name module_name)
        : ModuleBench(module_name, "buffer"), buffer("buffer", statistics), psums("psums"), control("control") {
        psums.bind(buffer.psums);
        control.bind(buffer.control);
    }
    OutputCommand command(OutputCommand::Kind kind, const GemmPlan* plan = nullptr) {
        OutputCommand message;
        message.kind = kind;
        message.plan = plan;
        sc_core::sc_time delay;
        control.send(message, delay);
        return message;
    }
    void add(PsumBlock block) {
        sc_core::sc_time delay;
        psums.send(block, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
    }
    OutputBuffer buffer;
    StreamInitiator<PsumBlock> psums;
    StreamInitiator<OutputCommand> control;
};

template <class T>
std::vector<T> values_of(std::span<const std::uint8_t> bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

}  // namespace

TEST_CASE("tiles of B come out of the activations") {
    ActivationBench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("random layers", [&] {
        GemmPlan plan;
        plan.layer = random_layer();
        plan.shape = gemm_shape(plan.layer);
        const Layer& layer = plan.layer;
        std::vector<std::int16_t> activations(std::size_t(layer.C) * std::size_t(layer.H) * std::size_t(layer.W));
        for (std::int16_t& activation : activations) {
            activation = std::int16_t(*rc::gen::inRange(-100, 101));
        }
        bench.statistics.clear();
        RC_ASSERT(bench.store(plan, activations) <= 8);
        RC_ASSERT(bench.counter("stored_words") == activations.size());
        ActivationTile tile;
        tile.convolution_group = *rc::gen::inRange(0, layer.groups);
        tile.k.begin = *rc::gen::inRange(0, plan.shape.K);
        tile.k.end = *rc::gen::inRange(tile.k.begin + 1, plan.shape.K + 1);
        tile.p.begin = *rc::gen::inRange(0, plan.shape.P);
        tile.p.end = *rc::gen::inRange(tile.p.begin + 1, plan.shape.P + 1);
        tile.row_stride = std::size_t(tile.p.size()) + 2;
        std::vector<std::int16_t> out(std::size_t(tile.k.size()) * tile.row_stride, 999);
        tile.out = out.data();
        sc_core::sc_time delay;
        bench.tiles.send(tile, delay);
        RC_ASSERT(delay == sc_core::SC_ZERO_TIME);
        RC_ASSERT(bench.counter("tile_words") == std::uint64_t(tile.k.size()) * std::uint64_t(tile.p.size()));
        const int channels = layer.C / layer.groups;
        for (int k = tile.k.begin; k < tile.k.end; ++k) {
            for (int p = tile.p.begin; p < tile.p.end; ++p) {
                const int y =
                    p / layer.Q() * layer.stride_y + k / channels / layer.KW * layer.dilation_y - layer.pad.top;
                const int x = p % layer.Q() * layer.stride_x + k / channels % layer.KW - layer.pad.left;
                const int c = tile.convolution_group * channels + k % channels;
                const bool inside = y >= 0 && y < layer.H && x >= 0 && x < layer.W;
                const int expected = inside ? activations[std::size_t((c * layer.H + y) * layer.W + x)] : 0;
                RC_ASSERT(int{out[std::size_t(k - tile.k.begin) * tile.row_stride + std::size_t(p - tile.p.begin)]} ==
                          expected);
            }
        }
        for (int k = 0; k < tile.k.size(); ++k) {
            RC_ASSERT(out[std::size_t(k + 1) * tile.row_stride - 1] == 999);
        }
    }));
}

TEST_CASE("a counted layer has tiles without words") {
    ActivationBench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    ActivationTile tile;
    tile.k = {0, 3};
    tile.p = {2, 6};
    std::int16_t word = 0;
    tile.out = &word;
    tile.row_stride = 0;
    sc_core::sc_time delay;
    CHECK_THROWS_AS(bench.tiles.send(tile, delay), std::logic_error);
    bench.statistics.clear();
    GemmPlan plan;
    plan.layer.C = 3;
    plan.layer.W = 7;
    plan.shape = gemm_shape(plan.layer);
    plan.count_only = true;
    CHECK(bench.store(plan, {}) == 1);
    CHECK(bench.counter("stored_words") == 21);
    tile.out = nullptr;
    bench.tiles.send(tile, delay);
    CHECK(bench.counter("tile_words") == 12);
}

TEST_CASE("partial sums in any order add up and are finished") {
    OutputBench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(test::property_holds("random blocks", [&] {
        GemmPlan plan;
        plan.shape = {*rc::gen::inRange(1, 4), *rc::gen::inRange(1, 6), 1, *rc::gen::inRange(1, 30)};
        plan.raw64 = *rc::gen::inRange(0, 2) == 0;
        plan.post_processor.accumulator_bits = 20;
        plan.post_processor.output_bits = 8;
        plan.post_processor.relu = true;
        for (int row = 0; row < plan.rows_of_A(); ++row) {
            plan.post_processor.bias.push_back(row * 1000);
        }
        bench.statistics.clear();
        bench.command(OutputCommand::Kind::begin, &plan);
        std::vector<std::int64_t> expected(std::size_t(plan.outputs()));
        std::uint64_t words = 0;
        std::uint64_t rows = 0;
        for (int n = *rc::gen::inRange(0, 6); n > 0; --n) {
            PsumBlock block;
            block.convolution_group = *rc::gen::inRange(0, plan.shape.groups);
            block.p.begin = *rc::gen::inRange(0, plan.shape.P);
            block.p.end = *rc::gen::inRange(block.p.begin + 1, plan.shape.P + 1);
            block.row_stride = std::size_t(block.p.size()) + *rc::gen::inRange<std::size_t>(0, 4);
            std::vector<std::uint32_t> named;
            if (*rc::gen::inRange(0, 2) == 0) {
                block.first_row = *rc::gen::inRange(0, plan.shape.Mo);
                block.count = *rc::gen::inRange<std::size_t>(1, std::size_t(plan.shape.Mo - block.first_row) + 1);
            } else {
                block.count = *rc::gen::inRange<std::size_t>(1, 8);
                for (std::size_t row = 0; row < block.count; ++row) {
                    named.push_back(std::uint32_t(*rc::gen::inRange(0, plan.shape.Mo)));
                }
                block.rows = named;
            }
            std::vector<std::int32_t> narrow(block.count * block.row_stride);
            std::vector<double> wide(narrow.size());
            for (std::size_t i = 0; i < narrow.size(); ++i) {
                narrow[i] = *rc::gen::inRange(-300000, 300000);
                wide[i] = narrow[i];
            }
            if (*rc::gen::inRange(0, 2) == 0) {
                block.sums = std::span<const std::int32_t>(narrow);
            } else {
                block.sums = std::span<const double>(wide);
            }
            for (std::size_t row = 0; row < block.count; ++row) {
                const std::size_t to = named.empty() ? std::size_t(block.first_row) + row : named[row];
                for (int p = block.p.begin; p < block.p.end; ++p) {
                    expected[(std::size_t(block.convolution_group * plan.shape.Mo) + to) * std::size_t(plan.shape.P) +
                             std::size_t(p)] += narrow[row * block.row_stride + std::size_t(p - block.p.begin)];
                }
            }
            words += block.count * std::uint64_t(block.p.size());
            rows += block.count;
            bench.add(block);
        }
        const OutputCommand finished = bench.command(OutputCommand::Kind::finish);
        std::uint64_t overflows = 0;
        for (std::int64_t& sum : expected) {
            const std::int64_t wrapped = ((sum + (1 << 19)) & ((1 << 20) - 1)) - (1 << 19);
            overflows += wrapped != sum ? 1 : 0;
            sum = wrapped;
        }
        RC_ASSERT(finished.overflows == overflows);
        if (plan.raw64) {
            RC_ASSERT(values_of<std::int64_t>(finished.bytes) == expected);
        } else {
            const auto stored = values_of<std::int16_t>(finished.bytes);
            RC_ASSERT(stored.size() == expected.size());
            for (std::size_t n = 0; n < expected.size(); ++n) {
                const auto row = std::int64_t(n / std::size_t(plan.shape.P));
                const std::int64_t biased = ((expected[n] + row * 1000 + (1 << 19)) & ((1 << 20) - 1)) - (1 << 19);
                RC_ASSERT(std::int64_t{stored[n]} == std::clamp<std::int64_t>(biased, 0, 127));
            }
        }
        RC_ASSERT(bench.counter("psum_updates") == words);
        RC_ASSERT(bench.counter("psum_row_updates") == rows);
        RC_ASSERT(bench.counter("outputs") == expected.size());
        RC_ASSERT(bench.counter("overflows") == overflows);
    }));
}

TEST_CASE("a counted layer has outputs without values") {
    OutputBench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    GemmPlan plan;
    plan.shape = {2, 3, 1, 5};
    plan.count_only = true;
    bench.command(OutputCommand::Kind::begin, &plan);
    PsumBlock block;
    block.count = 3;
    block.p = {1, 5};
    CHECK(block.payload_bytes() == 48);
    bench.add(block);
    const OutputCommand finished = bench.command(OutputCommand::Kind::finish);
    CHECK(finished.bytes.empty());
    CHECK(finished.overflows == 0);
    CHECK(bench.counter("psum_updates") == 12);
    CHECK(bench.counter("psum_row_updates") == 3);
    CHECK(bench.counter("outputs") == 30);
}
