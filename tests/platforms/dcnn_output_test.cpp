// What the dense machines make of their sums: wrapping accumulators, post-processing, outputs in memory and their
// capacity, and outputs that are the next layer's input.

#include <catch2/catch.hpp>

#include "tests/platforms/output_bench.h"

using namespace nonzero;
using namespace nonzero::test;

TEST_CASE("DCNN: sums wrap in narrow accumulators and overflows are counted once per output") {
    check_wrapping_sums("dcnn");
}

TEST_CASE("DCNN: sums of the largest operands of either sign are exact") {
    simulate("dcnn", with_settings({{"accumulator.bits", "48"}}), [&](Standalone& bench) {
        for (const int input : {-32768, 32767}) {
            for (const int weight : {-32768, 32767}) {
                RandomLayer test;
                test.layer.name = "extreme";
                test.layer.C = 60;
                test.layer.K = 3;
                test.layer.H = test.layer.W = 9;
                test.layer.KH = test.layer.KW = 3;
                test.input = Operands(test.layer.input_shape(), std::int16_t(input));
                test.weights = Operands(test.layer.weight_shape(), std::int16_t(weight));
                const HostOutcome outcome = run_afresh(bench, job_of(test));
                REQUIRE(outcome.done);
                const Psums sums = bench.lowering->decode_sums(job_of(test), outcome.output);
                CHECK(sums == Psums(test.layer.output_shape(), std::int64_t{540} * input * weight));
            }
        }
    });
}

TEST_CASE("DCNN: outputs equal the reference") {
    check_random_outputs("dcnn", {}, 41);
}
TEST_CASE("DCNN-opt: outputs equal the reference") {
    check_random_outputs("dcnn_opt", {{"pe.rows", "3"}, {"pe.columns", "2"}, {"pe.kc", "5"}}, 42);
}
TEST_CASE("DCNN: an output is the next layer's input") {
    check_chain("dcnn", 19, 3);
}
TEST_CASE("DCNN-opt: a compressed output is the next layer's input") {
    check_chain("dcnn_opt", 19, 3);
}

TEST_CASE("DCNN-opt: what passes through DRAM is compressed") {
    Layer layer;
    layer.name = "large";
    layer.C = 4;
    layer.K = 8;
    layer.H = layer.W = 32;
    RandomLayer test{layer, Operands(layer.input_shape()), Operands(layer.weight_shape(), 1)};
    test.input.data[5] = 1000;  // one entry, and three empty channels
    LayerJob job = job_of(test);
    job.post_processing.emplace();
    job.post_processing->requantisation.assign(8, {});
    simulate("dcnn_opt", with_settings({{"activation.sram_kib", "23"}}), [&](Standalone& bench) {
        const HostOutcome outcome = run_afresh(bench, job);
        REQUIRE(outcome.done);
        // 4 + 8 channels of 32 x 32 values are 24 KiB dense. An entry takes 20 bits, a channel's count one.
        CHECK(bench.platform.statistic_sum("dram_activation_read_bytes") == 1 + (4 + 20) / 8);
        CHECK(bench.platform.statistic_sum("dram_activation_write_bytes") == 1 + 8 * (1 + 20) / 8);
        CHECK(outcome.output.size() == 22);
    });
}

TEST_CASE("layers that the dense machines do not run are refused by name") {
    const auto lowering = find_platform("dcnn").make_lowering(*find_platform("dcnn").make_parameters());
    Layer layer;
    layer.name = "odd";
    layer.H = layer.W = 9;
    layer.KH = layer.KW = 3;
    CHECK_NOTHROW(lowering->check(layer));
    layer.dilation_x = 2;
    CHECK_THROWS_WITH(lowering->check(layer), Catch::Contains("'odd'") && Catch::Contains("dilat"));
    layer.dilation_x = 1;
    layer.kind = LayerKind::max_pool;
    CHECK_THROWS_WITH(lowering->check(layer), Catch::Contains("'odd'") && Catch::Contains("pool"));
    layer.kind = LayerKind::convolution;
    layer.stride_x = 65;
    CHECK_THROWS_WITH(lowering->check(layer), Catch::Contains("'odd'"));
    layer.stride_x = 1;
    const Operands input(layer.input_shape(), 1);
    const Operands weights(layer.weight_shape(), 300);
    LayerJob job;
    job.layer = &layer;
    job.input = &input;
    job.weights = &weights;
    const auto parameters = make_parameters(find_platform("dcnn"), "", {{"operand.bits", "9"}});
    const auto narrow = find_platform("dcnn").make_lowering(*parameters);
    CHECK_THROWS_WITH(narrow->lower(job, 0), Catch::Contains("'odd'") && Catch::Contains("operand.bits"));
    Operands cut_off = weights;
    cut_off.data.pop_back();
    job.weights = &cut_off;
    CHECK_THROWS_WITH(lowering->lower(job, 0), Catch::Contains("'odd': 8 weights are given, its shape has 9"));
}
