// What the platform makes of its sums: wrapping accumulators, post-processing, compressed outputs, their capacity, and
// outputs that are the next layer's input.

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/platforms/random_processing.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// The descriptor of the convolution inside an image.
nz_descriptor read_convolution(const MemoryImage& image) {
    nz_descriptor convolution;
    std::memcpy(&convolution, image.segments.front().bytes.data() + NZ_DESCRIPTOR_SIZE, sizeof convolution);
    return convolution;
}
void write_convolution(MemoryImage& image, const nz_descriptor& convolution) {
    std::memcpy(image.segments.front().bytes.data() + NZ_DESCRIPTOR_SIZE, &convolution, sizeof convolution);
}

void compare_random_outputs(const Settings& settings, std::uint64_t seed, const std::string& kind = "scnn") {
    int compared = 0;
    int zeros = 0;
    int others = 0;
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 60; ++n) {
            const RandomLayer test = n % 6 == 5 ? random_fully_connected(random, n) : random_convolution(random, n);
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
            const std::uint64_t overflows = wrap_to(sums, job.post_processing->accumulator_bits).overflows;
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) == overflows);

            // Exactly the capacity that it needs, and one byte less.
            MemoryImage tight = image;
            nz_descriptor convolution = read_convolution(image);
            convolution.output.size = outcome.output.size();
            write_convolution(tight, convolution);
            const HostOutcome fits = run_afresh(bench, tight);
            CHECK(fits.done);
            CHECK(fits.output == outcome.output);
            convolution.output.size -= 1;
            write_convolution(tight, convolution);
            const HostOutcome refused = run_afresh(bench, tight);
            CHECK_FALSE(refused.done);
            CHECK(refused.error == NZ_ERROR_OUTPUT_SIZE);
            CHECK(refused.fault_address == convolution.output.address);
            CHECK(refused.records.back().error == NZ_ERROR_OUTPUT_SIZE);
            ++compared;
            for (const std::int16_t value : expected.data) {
                ++(value == 0 ? zeros : others);
            }
        }
    });
    CHECK(compared == 60);
    CHECK(zeros > 1000);
    CHECK(others > 1000);
}

// What decoding says of an output.
std::string verdict(const Standalone& bench, const LayerJob& job, const std::vector<std::uint8_t>& output) {
    try {
        bench.lowering->decode_output(job, output);
        return "accepted";
    } catch (const InputError& error) {
        return error.what();
    }
}

// A layer whose input is what the layer before wrote, untouched by the host.
void check_chain(int plane, int second_kernel, const std::string& kind = "scnn") {
    RandomLayer first;
    first.layer.name = "first";
    first.layer.C = 3;
    first.layer.K = 10;
    first.layer.H = first.layer.W = plane;
    first.layer.KH = first.layer.KW = 3;
    first.layer.pad = {1, 1, 1, 1};
    RandomLayer second;
    second.layer.name = "second";
    second.layer.C = 10;
    second.layer.K = 7;
    second.layer.H = second.layer.W = plane;
    second.layer.KH = second.layer.KW = second_kernel;
    second.layer.pad = {second_kernel / 2, second_kernel / 2, second_kernel / 2, second_kernel / 2};
    std::mt19937_64 random(6);
    first.input = random_operands(random, first.layer.input_shape(), 0.5, 50);
    first.weights = random_operands(random, first.layer.weight_shape(), 0.5, 50);
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
        // The LOAD takes the output region: its table of blocks first, offsets from the region's begin.
        std::vector<std::uint8_t>& descriptors = two.segments.front().bytes;
        nz_descriptor load;
        std::memcpy(&load, descriptors.data(), sizeof load);
        load.block_index = {one.output.address, 64 * sizeof(nz_block)};
        load.input = {one.output.address, produced.output.size()};
        std::memcpy(descriptors.data(), &load, sizeof load);
        std::erase_if(two.segments, [](const MemorySegment& segment) { return segment.name.starts_with("input"); });
        const HostOutcome outcome = run_afresh(bench, two);
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(second_job, outcome.output) ==
              convolve(second.layer, second.input, second.weights));
        // As fast as with the input from the host.
        const std::uint64_t cycles = outcome.records.back().cycles;
        CHECK(run_afresh(bench, second_job).records.back().cycles == cycles);
    });
}

}  // namespace

TEST_CASE("sums wrap in narrow accumulators and overflows are counted once per output") {
    std::uint64_t total = 0;
    simulate(with_settings({{"accumulator.bits", "11"}}), [&](Standalone& bench) {
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

TEST_CASE("compressed outputs equal the reference") {
    compare_random_outputs({}, 41);
}
TEST_CASE("compressed outputs equal the reference on a small machine without placeholders") {
    compare_random_outputs({{"pe.rows", "3"},
                            {"pe.columns", "2"},
                            {"pe.kc", "5"},
                            {"accumulator.bits", "40"},
                            {"compression.placeholders", "false"}},
                           42);
}

TEST_CASE("outputs of a machine with dense weights equal the reference") {
    compare_random_outputs({{"pe.rows", "5"}}, 43, "scnn_sparse_a");
}
TEST_CASE("dense outputs equal the reference") {
    compare_random_outputs({{"pe.rows", "4"}, {"pe.columns", "3"}}, 44, "scnn_sparse_w");
}

TEST_CASE("bytes that are no output of the layer are refused by name") {
    const RandomLayer test = [] {
        std::mt19937_64 random(1);
        RandomLayer layer;
        layer.layer.name = "conv";
        layer.layer.K = 3;
        layer.layer.H = layer.layer.W = 9;
        layer.input = random_operands(random, layer.layer.input_shape(), 1.0, 9);
        layer.weights = random_operands(random, layer.layer.weight_shape(), 1.0, 9);
        return layer;
    }();
    LayerJob job = job_of(test);
    job.post_processing.emplace();
    job.post_processing->requantisation.assign(3, {});
    simulate({}, [&](Standalone& bench) {
        const std::vector<std::uint8_t> output = run_afresh(bench, job).output;
        CHECK(verdict(bench, job, output) == "accepted");
        std::vector<std::uint8_t> bad(output.begin(), output.end() - 1);
        CHECK_THAT(verdict(bench, job, bad), Catch::Contains("'conv'"));
        bad.assign(output.begin(), output.begin() + 100);
        CHECK_THAT(verdict(bench, job, bad), Catch::Contains("'conv'"));
        // A PE's part that goes on behind its blocks.
        bad = output;
        nz_block last;
        std::memcpy(&last, bad.data() + 63 * sizeof last, sizeof last);
        last.size += 4;
        std::memcpy(bad.data() + 63 * sizeof last, &last, sizeof last);
        bad.insert(bad.end(), 4, 0);
        CHECK_THAT(verdict(bench, job, bad), Catch::Contains("'conv'"));
    });
}

TEST_CASE("a compressed output is the next layer's input") {
    check_chain(19, 3);
}
TEST_CASE("a compressed output is the input of a 1x1 layer") {
    check_chain(8, 1);
}
TEST_CASE("a compressed output of a plane smaller than the array is the next layer's input") {
    check_chain(7, 3);
}

TEST_CASE("a dense output is the next layer's input") {
    check_chain(19, 3, "scnn_sparse_w");
}

TEST_CASE("one LOAD serves several convolutions") {
    simulate(with_settings({{"accumulator.bits", "40"}}), [&](Standalone& bench) {
        std::mt19937_64 random(15);
        for (int n = 0; n < 10; ++n) {
            const RandomLayer test = random_convolution(random, n);
            RandomLayer other = test;
            other.weights = random_operands(random, test.layer.weight_shape(), 0.5, 90);
            MemoryImage image = bench.lowering->lower(job_of(test), Standalone::kBase);
            MemoryImage more = bench.lowering->lower(job_of(other), image.end);
            // LOAD and CONV of the one, then the CONV of the other on the same input.
            nz_descriptor convolution = read_convolution(image);
            convolution.next = more.descriptor_address + NZ_DESCRIPTOR_SIZE;
            write_convolution(image, convolution);
            nz_descriptor last = read_convolution(more);
            last.status_record = image.status_records + 2 * sizeof(nz_status_record);
            write_convolution(more, last);
            bench.host.reset_platform();
            for (const MemorySegment& segment : more.segments) {
                bench.host.write_memory(segment.address, segment.bytes.data(), segment.bytes.size());
            }
            MemoryImage chain = image;
            chain.descriptor_count = 3;
            const HostOutcome outcome = bench.host.run(chain);
            REQUIRE(outcome.done);
            CHECK(outcome.records[2].descriptor_index == 2);
            CHECK(outcome.records[2].output_bytes == more.output.size);
            const auto sums_at = [&](const nz_region& region) {
                std::vector<std::uint8_t> bytes(region.size);
                bench.host.read_memory(region.address, bytes.data(), bytes.size());
                return bench.lowering->decode_sums(job_of(test), bytes);
            };
            CHECK(sums_at(image.output) == convolve(test.layer, test.input, test.weights));
            CHECK(sums_at(more.output) == convolve(other.layer, other.input, other.weights));
        }
    });
}
