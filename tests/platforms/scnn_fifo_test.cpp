// weights.skew = fifo: what the weight FIFO cannot hold is refused, by name where the weights are known and by the
// platform where they come from elsewhere; a FIFO that never fills costs nothing.

#include <catch2/catch.hpp>

#include "tests/platforms/scnn_test_support.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// One weight block of 8 x 9 non-zeros: 18 vectors.
RandomLayer block_of_18_vectors() {
    RandomLayer test;
    test.layer.name = "block18";
    test.layer.C = 12;
    test.layer.K = 8;
    test.layer.H = test.layer.W = 40;
    test.layer.KH = test.layer.KW = 3;
    test.weights = Operands(test.layer.weight_shape(), 1);
    // Another PE is the slowest in every channel, so that others would run ahead.
    std::mt19937_64 random(8);
    test.input = random_operands(random, test.layer.input_shape(), 0.4, 100);
    return test;
}

Settings fifo(int entries) {
    return {{"weights.skew", "fifo"}, {"weights.fifo_entries", std::to_string(entries)}};
}

}  // namespace

TEST_CASE("a weight block longer than the FIFO is refused by name") {
    const RandomLayer test = block_of_18_vectors();
    simulate(with_settings(fifo(17)), [&](Standalone& bench) {
        CHECK_NOTHROW(bench.lowering->check(test.layer));  // sparser weights would fit
        CHECK_THROWS_WITH(bench.lowering->lower(job_of(test), Standalone::kBase),
                          Catch::Contains("'block18'") && Catch::Contains("weights.fifo_entries"));
        CHECK_THROWS_AS(bench.lowering->lower(job_of(test), Standalone::kBase), InputError);
    });
}

TEST_CASE("a weight block longer than the FIFO is refused by the platform") {
    const RandomLayer test = block_of_18_vectors();
    const PlatformKind& kind = find_platform("scnn");
    const auto large = kind.make_lowering(*make_parameters(kind, {}, fifo(18)));
    simulate(with_settings(fifo(17)), [&](Standalone& bench) {
        const HostOutcome outcome = bench.host.run(large->lower(job_of(test), Standalone::kBase));
        CHECK_FALSE(outcome.done);
        CHECK(outcome.error == NZ_ERROR_CAPACITY);
        CHECK(outcome.records.back().error == NZ_ERROR_CAPACITY);
        // One weight less and it fits.
        RandomLayer smaller = test;
        for (std::size_t channel = 0; channel < 12; ++channel) {
            for (std::size_t k = 0; k < 4; ++k) {
                smaller.weights.at(k, channel, 1, 1) = 0;
            }
        }
        const HostOutcome fits = bench.host.run(bench.lowering->lower(job_of(smaller), Standalone::kBase));
        REQUIRE(fits.done);
        CHECK(bench.lowering->decode_sums(job_of(smaller), fits.output) ==
              convolve(smaller.layer, smaller.input, smaller.weights));
    });
}

TEST_CASE("groups beyond the accumulators are refused by name on request") {
    RandomLayer test = block_of_18_vectors();  // 7 x 7 outputs of a PE
    const PlatformKind& kind = find_platform("scnn");
    const auto check = [&](const Settings& settings) {
        kind.make_lowering(*make_parameters(kind, {}, settings))->check(test.layer);
    };
    CHECK_NOTHROW(check({{"accumulator.overflow", "refuse"}, {"accumulator.entries", "392"}}));
    CHECK_NOTHROW(check({{"accumulator.entries", "391"}}));
    CHECK_THROWS_WITH(check({{"accumulator.overflow", "refuse"}, {"accumulator.entries", "391"}}),
                      Catch::Contains("'block18'") && Catch::Contains("8 output channels x 7x7") &&
                          Catch::Contains("accumulator.entries = 391") && Catch::Contains("lower pe.kc"));
    test.layer = Layer{};
    test.layer.name = "neurons";
    test.layer.kind = LayerKind::fully_connected;
    test.layer.C = 5;
    test.layer.K = 70;
    CHECK_NOTHROW(check({{"accumulator.overflow", "refuse"}, {"accumulator.entries", "8"}}));
    CHECK_THROWS_WITH(check({{"accumulator.overflow", "refuse"}, {"accumulator.entries", "7"}}),
                      Catch::Contains("'neurons'") && Catch::Contains("8 output channels x 1x1"));
}

TEST_CASE("the FIFO costs time only while it is full") {
    const RandomLayer test = block_of_18_vectors();
    std::vector<std::uint64_t> cycles(4);
    std::vector<std::uint64_t> waits(4);
    Machines machines;
    for (const Settings& settings : {Settings{}, fifo(18 * 12), fifo(30), fifo(18)}) {
        const std::size_t n = machines.size();
        machines.add("bench" + std::to_string(n), "scnn", with_settings(settings), [&, n](Standalone& bench) {
            const HostOutcome outcome = run_afresh(bench, job_of(test));
            REQUIRE(outcome.done);
            cycles[n] = outcome.records.back().cycles;
            waits[n] = bench.platform.statistic_sum("weight_fifo");
        });
    }
    machines.run();
    // The whole group fits.
    CHECK(cycles[1] == cycles[0]);
    CHECK(waits[0] == 0);
    CHECK(waits[1] == 0);
    CHECK(cycles[2] >= cycles[1]);
    CHECK(cycles[3] >= cycles[2]);
    CHECK(cycles[3] > cycles[1]);
    CHECK(waits[3] > 0);
}
