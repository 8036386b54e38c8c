#include "tests/platforms/output_bench.h"

#include <catch2/catch.hpp>

#include "tests/platforms/random_processing.h"
#include "workloads/reference.h"

namespace nonzero::test {

namespace {

// The capacity decides, to the byte.
void check_capacity(Standalone& bench, const MemoryImage& image, const std::vector<std::uint8_t>& output) {
    MemoryImage tight = image;
    nz_descriptor layer = read_descriptor(image, 1);
    layer.output.size = output.size();
    write_descriptor(tight, 1, layer);
    const HostOutcome fits = run_afresh(bench, tight);
    CHECK(fits.done);
    CHECK(fits.output == output);
    layer.output.size -= 1;
    write_descriptor(tight, 1, layer);
    const HostOutcome refused = run_afresh(bench, tight);
    CHECK_FALSE(refused.done);
    CHECK(refused.error == NZ_ERROR_OUTPUT_SIZE);
    CHECK(refused.fault_address == layer.output.address);
    CHECK(refused.records.back().error == NZ_ERROR_OUTPUT_SIZE);
}

}  // namespace

void check_wrapping_sums(const std::string& kind) {
    std::uint64_t total = 0;
    simulate(kind, with_settings({{"accumulator.bits", "11"}}), [&](Standalone& bench) {
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

void check_random_outputs(const std::string& kind, const Settings& settings, std::uint64_t seed) {
    int compared = 0;
    int zeros = 0;
    int others = 0;
    simulate(kind, with_settings(settings), [&](Standalone& bench) {
        std::mt19937_64 random(seed);
        for (int n = 0; n < 72; ++n) {
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
            CHECK(outcome.output.size() <= image.outputs.front().region.size);
            CHECK(bench.host.read_counter(NZ_REG_OVERFLOWS_LO) ==
                  wrap_to(sums, job.post_processing->accumulator_bits).overflows);
            check_capacity(bench, image, outcome.output);
            std::vector<std::uint8_t> longer = outcome.output;
            longer.resize(longer.size() + 4);
            CHECK_THROWS_WITH(bench.lowering->decode_output(job, longer), Catch::Contains("'" + test.layer.name + "'"));
            ++compared;
            for (const std::int16_t value : expected.data) {
                ++(value == 0 ? zeros : others);
            }
        }
    });
    CHECK(compared == 72);
    CHECK(zeros > 1000);
    CHECK(others > 1000);
}

void check_chain(const std::string& kind, int plane, int second_kernel) {
    std::mt19937_64 random(6);
    RandomLayer first;
    first.layer = square_convolution("first", 3, 10, plane, 3);
    first.input = random_operands(random, first.layer.input_shape(), 0.5, 50);
    first.weights = random_operands(random, first.layer.weight_shape(), 0.5, 50);
    RandomLayer second;
    second.layer = square_convolution("second", 10, 7, plane, second_kernel);
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
        feed_output(two, one, produced);
        const HostOutcome outcome = run_afresh(bench, two);
        REQUIRE(outcome.done);
        CHECK(bench.lowering->decode_sums(second_job, outcome.output) ==
              convolve(second.layer, second.input, second.weights));
        const std::uint64_t cycles = outcome.records.back().cycles;
        CHECK(run_afresh(bench, second_job).records.back().cycles == cycles);
    });
}

}  // namespace nonzero::test
