// What the dense machines make of their sums: wrapping accumulators, post-processing, outputs in memory and their
// capacity, and outputs that are the next layer's input.

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/platforms/platform_bench.h"
#include "tests/platforms/random_processing.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// The last descriptor of an image, which runs the layer.
nz_descriptor read_layer(const MemoryImage& image) {
    nz_descriptor layer;
    std::memcpy(&layer, image.segments.front().bytes.data() + NZ_DESCRIPTOR_SIZE, sizeof layer);
    return layer;
}
void write_layer(MemoryImage& image, const nz_descriptor& layer) {
    std::memcpy(image.segments.front().bytes.data() + NZ_DESCRIPTOR_SIZE, &layer, sizeof layer);
}

void check_outputs(const std::string& kind, const Settings& settings, std::uint64_t seed) {
    int zeros = 0;
    int others = 0;
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 60; ++n) {
            const RandomLayer test = random_convolution(random, n);
            const Psums sums = convolve(test.layer, test.input, test.weights);
            LayerJob job = job_of(test);
            job.post_processing = random_processing(random, sums, bench.lowering->accumulator_bits());
            const Operands expected = post_process(sums, *job.post_processing);
            INFO("layer " << n);
            const MemoryImage image = bench.lowering->lower(job, Standalone::kBase);
            const HostOutcome outcome = run_afresh(bench, image);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_output(job, outcome.output) == expected);
            CHECK(outcome.output == bench.lowering->encode(job, expected));
            CHECK(outcome.output.size() <= image.output.size);
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) ==
                  wrap_to(sums, job.post_processing->accumulator_bits).overflows);
            // One byte less than it needs.
            MemoryImage tight = image;
            nz_descriptor layer = read_layer(image);
            layer.output.size = outcome.output.size() - 1;
            write_layer(tight, layer);
            const HostOutcome refused = run_afresh(bench, tight);
            CHECK_FALSE(refused.done);
            CHECK(refused.error == NZ_ERROR_OUTPUT_SIZE);
            CHECK(refused.fault_address == layer.output.address);
            // Bytes that are no output of the layer.
            std::vector<std::uint8_t> bad = outcome.output;
            bad.resize(bad.size() + 4);
            CHECK_THROWS_WITH(bench.lowering->decode_output(job, bad), Catch::Contains("'" + test.layer.name + "'"));
            for (const std::int16_t value : expected.data) {
                ++(value == 0 ? zeros : others);
            }
        }
    });
    CHECK(zeros > 1000);
    CHECK(others > 1000);
}

// A layer whose input is what the layer before wrote, untouched by the host.
void check_chain(const std::string& kind) {
    std::mt19937_64 random(6);
    RandomLayer first;
    first.layer.name = "first";
    first.layer.C = 3;
    first.layer.K = 10;
    first.layer.H = first.layer.W = 19;
    first.layer.KH = first.layer.KW = 3;
    first.layer.pad = {1, 1, 1, 1};
    first.input = random_operands(random, first.layer.input_shape(), 0.5, 50);
    first.weights = random_operands(random, first.layer.weight_shape(), 0.5, 50);
    RandomLayer second = first;
    second.layer.name = "second";
    second.layer.C = 10;
    second.layer.K = 7;
    second.weights = random_operands(random, second.layer.weight_shape(), 0.5, 50);
    LayerJob first_job = job_of(first);
    first_job.post_processing.emplace();
    first_job.post_processing->requantisation.assign(10, {1 << 30, 5});
    second.input = post_process(convolve(first.layer, first.input, first.weights), *first_job.post_processing);
    const LayerJob second_job = job_of(second);
    simulate(kind, {}, [&](Standalone& bench) {
        const MemoryImage one = bench.lowering->lower(first_job, Standalone::kBase);
        const HostOutcome produced = run_afresh(bench, one);
        REQUIRE(produced.done);
        MemoryImage two = bench.lowering->lower(second_job, one.end);
        std::vector<std::uint8_t>& descriptors = two.segments.front().bytes;
        nz_descriptor load;
        std::memcpy(&load, descriptors.data(), sizeof load);
        load.input = {one.output.address, produced.output.size()};
        std::memcpy(descriptors.data(), &load, sizeof load);
        std::erase_if(two.segments, [](const MemorySegment& segment) { return segment.name == "input"; });
        const HostOutcome outcome = run_afresh(bench, two);
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(second_job, outcome.output) ==
              convolve(second.layer, second.input, second.weights));
    });
}

}  // namespace

TEST_CASE("DCNN: sums wrap in narrow accumulators and overflows are counted once per output") {
    std::uint64_t total = 0;
    simulate("dcnn", with_settings({{"accumulator.bits", "11"}}), [&](Standalone& bench) {
        std::mt19937_64 random(23);
        for (int n = 0; n < 60; ++n) {
            const RandomLayer test = random_convolution(random, n);
            const Wrapped expected = wrap_to(convolve(test.layer, test.input, test.weights), 11);
            const LayerJob job = job_of(test);
            INFO("layer " << n);
            const HostOutcome outcome = run_afresh(bench, job);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_sums(job, outcome.output) == expected.values);
            CHECK(outcome.output == bench.lowering->encode(job, expected.values));
            CHECK(bench.platform.statistic_sum("overflows") == expected.overflows);
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == expected.overflows);
            total += expected.overflows;
        }
    });
    CHECK(total > 1000);
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
    check_outputs("dcnn", {}, 41);
}
TEST_CASE("DCNN-opt: outputs equal the reference") {
    check_outputs("dcnn_opt", {{"pe.rows", "3"}, {"pe.columns", "2"}, {"pe.kc", "5"}}, 42);
}
TEST_CASE("DCNN: an output is the next layer's input") {
    check_chain("dcnn");
}
TEST_CASE("DCNN-opt: a compressed output is the next layer's input") {
    check_chain("dcnn_opt");
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
        // 4 + 8 channels of 32 x 32 values are 24 KiB dense.
        CHECK(bench.platform.statistic_sum("dram_activation_read_bytes") == 4 * 4 + 4);
        CHECK(bench.platform.statistic_sum("dram_activation_write_bytes") == 8 * (4 + 4));
        CHECK(outcome.output.size() == 8 * (4 + 4));
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
}
