// What the platform makes of its sums: wrapping accumulators, post-processing, compressed outputs, their capacity, and
// outputs that are the next layer's input.

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/common/error_of.h"
#include "tests/platforms/output_bench.h"
#include "tests/platforms/scnn_test_support.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// What decoding says of an output.
std::string verdict(const Standalone& bench, const LayerJob& job, const std::vector<std::uint8_t>& output) {
    return error_of([&] { bench.lowering->decode_output(job, output); });
}

}  // namespace

TEST_CASE("sums wrap in narrow accumulators and overflows are counted once per output") {
    check_wrapping_sums("scnn");
}

TEST_CASE("compressed outputs equal the reference") {
    check_random_outputs("scnn", {}, 41);
}
TEST_CASE("compressed outputs equal the reference on a small machine without placeholders") {
    check_random_outputs("scnn",
                         {{"pe.rows", "3"},
                          {"pe.columns", "2"},
                          {"pe.kc", "5"},
                          {"accumulator.bits", "40"},
                          {"compression.placeholders", "false"}},
                         42);
}

TEST_CASE("outputs of a machine with dense weights equal the reference") {
    check_random_outputs("scnn_sparse_a", {{"pe.rows", "5"}}, 43);
}
TEST_CASE("dense outputs equal the reference") {
    check_random_outputs("scnn_sparse_w", {{"pe.rows", "4"}, {"pe.columns", "3"}}, 44);
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
    check_chain("scnn", 19, 3);
}
TEST_CASE("a compressed output is the input of a 1x1 layer") {
    check_chain("scnn", 8, 1);
}
TEST_CASE("a compressed output of a plane smaller than the array is the next layer's input") {
    check_chain("scnn", 7, 3);
}

TEST_CASE("a dense output is the next layer's input") {
    check_chain("scnn_sparse_w", 19, 3);
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
            nz_descriptor convolution = read_descriptor(image, 1);
            convolution.next = more.descriptor_address + NZ_DESCRIPTOR_SIZE;
            write_descriptor(image, 1, convolution);
            nz_descriptor last = read_descriptor(more, 1);
            last.status_record = image.status_records + 2 * sizeof(nz_status_record);
            write_descriptor(more, 1, last);
            bench.host.reset_platform();
            for (const MemorySegment& segment : more.segments) {
                bench.host.write_memory(segment.address, segment.bytes.data(), segment.bytes.size());
            }
            MemoryImage chain = image;
            chain.descriptor_count = 3;
            const HostOutcome outcome = bench.host.run(chain);
            REQUIRE(outcome.done);
            CHECK(outcome.records[2].descriptor_index == 2);
            CHECK(outcome.records[2].output_bytes == more.outputs.front().region.size);
            const auto sums_at = [&](const nz_region& region) {
                std::vector<std::uint8_t> bytes(region.size);
                bench.host.read_memory(region.address, bytes.data(), bytes.size());
                return bench.lowering->decode_sums(job_of(test), bytes);
            };
            CHECK(sums_at(image.outputs.front().region) == convolve(test.layer, test.input, test.weights));
            CHECK(sums_at(more.outputs.front().region) == convolve(other.layer, other.input, other.weights));
        }
    });
}
