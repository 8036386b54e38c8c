// What DeMM makes of its sums: post-processing against the reference, its capacity, and chains of descriptors.

#include <catch2/catch.hpp>
#include <random>

#include "tests/platforms/gemm_cases.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

int pick(std::mt19937_64& random, int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
}

PostProcessing random_processing(std::mt19937_64& random, int channels) {
    PostProcessing processing;
    processing.accumulator_bits = pick(random, 16, 32);
    processing.output_bits = pick(random, 4, 16);
    processing.relu = pick(random, 0, 1) == 0;
    const int range = 1 << (processing.output_bits - 1);
    processing.output_zero_point = pick(random, 0, 2) == 0 ? pick(random, -range, range - 1) : 0;
    if (pick(random, 0, 2) == 0) {
        processing.clamp_low = pick(random, -range, range / 2);
        processing.clamp_high = pick(random, processing.clamp_low, range);
    }
    for (int k = 0; k < channels; ++k) {
        processing.requantisation.push_back({pick(random, -5, 20) * (1 << 26), std::int8_t(pick(random, 0, 14))});
        if (processing.relu) {
            processing.bias.push_back(pick(random, -100000, 100000));
        }
    }
    return processing;
}

}  // namespace

TEST_CASE("post-processed outputs are the reference's") {
    simulate_demm({{"engine.m", "16"}, {"engine.c", "8"}, {"operand.bits", "16"}}, [](Standalone& bench) {
        std::mt19937_64 random(3);
        for (int n = 0; n < 40; ++n) {
            const RandomLayer test = random_convolution(random, n);
            LayerJob job = job_of(test);
            job.post_processing = random_processing(random, test.layer.K);
            const Operands expected =
                post_process(convolve(test.layer, test.input, test.weights), *job.post_processing);
            INFO("layer " << n);
            MemoryImage image = bench.lowering->lower(job, Standalone::kBase);
            const HostOutcome outcome = run_afresh(bench, image);
            REQUIRE(outcome.done);
            CHECK(bench.lowering->decode_output(job, outcome.output) == expected);
            CHECK(outcome.output == bench.lowering->encode(job, expected));
            CHECK(outcome.output.size() == image.outputs.front().region.size);

            nz_descriptor descriptor = read_descriptor(image, 0);
            descriptor.output.size -= 1;
            write_descriptor(image, 0, descriptor);
            CHECK(run_afresh(bench, image).error == NZ_ERROR_OUTPUT_SIZE);
        }
    });
}

TEST_CASE("layers of one chain run one after the other") {
    simulate_demm({}, [](Standalone& bench) {
        const GemmCase first = hashed_case({1, 20, 130, 70}, NmPattern{8, 128});
        const GemmCase second = hashed_case({3, 4, 9, 100}, NmPattern{2, 4});
        MemoryImage image = bench.lowering->lower(first.job(), Standalone::kBase);
        const MemoryImage next = bench.lowering->lower(second.job(), image.end);
        nz_descriptor head = read_descriptor(image, 0);
        head.next = next.descriptor_address;
        write_descriptor(image, 0, head);
        image.segments.insert(image.segments.end(), next.segments.begin(), next.segments.end());
        image.descriptor_count = 2;
        const std::uint64_t first_output = image.outputs.front().region.address;
        const HostOutcome outcome = run_afresh(bench, image);
        REQUIRE(outcome.done);
        // (128 + 20) + (2 + 20) for each of two tiles of columns; (9 + 4) twice in each of three groups, rho = 8.
        CHECK(bench.host.read_counter(NZ_REG_TOTAL_CYCLES_LO) == 2 * (148 + 22) + 6 + 3 * 2 * (9 + 4 * 8) + 6);
        CHECK(bench.platform.statistic("sequencer.layers") == 2);
        std::vector<std::uint8_t> bytes(20 * 70 * 8);
        bench.host.read_memory(first_output, bytes.data(), bytes.size());
        CHECK(bench.lowering->decode_sums(first.job(), bytes) == convolve(first.layer, first.input, first.weights));
        bytes.resize(12 * 100 * 8);
        bench.host.read_memory(next.outputs.front().region.address, bytes.data(), bytes.size());
        CHECK(bench.lowering->decode_sums(second.job(), bytes) == convolve(second.layer, second.input, second.weights));
    });
}
