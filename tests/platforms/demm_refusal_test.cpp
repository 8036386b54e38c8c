// Layers, patterns and operands that do not fit, told by name before anything runs; and what the machine itself
// refuses.

#include <catch2/catch.hpp>

#include "tests/platforms/gemm_cases.h"
#include "workloads/error.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

std::string refusal(Standalone& bench, const LayerJob& job) {
    try {
        bench.lowering->lower(job, Standalone::kBase);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a row beyond its pattern is an error by name") {
    simulate_demm({}, [](Standalone& bench) {
        GemmCase gemm = hashed_case({2, 5, 200, 3}, NmPattern{8, 128});
        CHECK(refusal(bench, gemm.job()).empty());
        gemm.layer.name = "third";
        // Row 3 of group 1: a ninth weight in columns 128 .. 199.
        std::int16_t* const row = gemm.weights.data.data() + (5 + 3) * 200;
        for (int column = 128, found = 0; found < 9; ++column) {
            row[column] = 1;
            found = 0;
            for (int c = 128; c < 200; ++c) {
                found += row[c] != 0 ? 1 : 0;
            }
        }
        const std::string said = refusal(bench, gemm.job());
        INFO(said);
        CHECK(contains(said, "third"));
        CHECK(contains(said, "row 3 of group 1"));
        CHECK(contains(said, "columns 128 to 199"));
        CHECK(contains(said, "9 weights"));
        CHECK(contains(said, "8:128"));
        CHECK(contains(said, "engine.rho=per_row"));
        // The same row when only counted; without a pattern it is welcome.
        LayerJob counted = gemm.job();
        counted.count_only = true;
        CHECK(refusal(bench, counted) == said);
        LayerJob free = gemm.job();
        free.pattern.reset();
        CHECK(refusal(bench, free).empty());
    });
}

TEST_CASE("a pattern that does not fit the memory is an error by name") {
    simulate_demm({{"engine.m", "96"}}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case({1, 5, 200, 3}, NmPattern{8, 128});
        const std::string said = refusal(bench, gemm.job());
        INFO(said);
        CHECK(contains(said, "8:128"));
        CHECK(contains(said, "96"));
        CHECK(contains(said, "engine.m"));
        for (const NmPattern& pattern : {NmPattern{2, 4}, NmPattern{8, 192}}) {
            const GemmCase other = hashed_case({1, 5, 200, 3}, pattern);
            CHECK(refusal(bench, other.job()).empty());
        }
    });
}

TEST_CASE("activations in place of weights have no pattern") {
    simulate_demm({}, [](Standalone& bench) {
        GemmCase gemm = hashed_case({2, 5, 150, 3}, UniformDensity{100});
        gemm.pattern = NmPattern{8, 128};
        CHECK_FALSE(refusal(bench, gemm.job()).empty());
        gemm.layer.activation_by_activation = true;
        const HostOutcome outcome = run_afresh(bench, gemm.job());
        REQUIRE(outcome.done);
        CHECK(cycles_of(outcome) == 2 * (150 + 5 * (16 + 3)) + 6);
        CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) ==
              convolve(gemm.layer, gemm.input, gemm.weights));
    });
}

TEST_CASE("layers without weights and operands that are too wide are refused") {
    simulate_demm({}, [](Standalone& bench) {
        GemmCase gemm = hashed_case({1, 5, 20, 3}, UniformDensity{50});
        gemm.input.data[7] = 256;
        CHECK(contains(refusal(bench, gemm.job()), "operand.bits = 9"));
        gemm.input.data[7] = 255;
        CHECK(refusal(bench, gemm.job()).empty());
        gemm.weights.data[0] = -257;
        CHECK(contains(refusal(bench, gemm.job()), "weights"));
        Layer pool;
        pool.name = "pool1";
        pool.kind = LayerKind::max_pool;
        CHECK_THROWS_WITH(bench.lowering->check(pool), Catch::Contains("pool1") && Catch::Contains("demm"));
        Layer large = gemm_layer("huge", {1, 1 << 15, 1 << 13, 1});
        CHECK_THROWS_WITH(bench.lowering->check(large), Catch::Contains("huge"));
        CHECK_NOTHROW(bench.lowering->check(gemm_layer("fits", {1, 1 << 14, 1 << 13, 1})));
    });
}

TEST_CASE("an image made for a pattern stops on a machine that it does not fit") {
    simulate_demm({}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case({1, 5, 200, 3}, NmPattern{2, 4});
        MemoryImage image = bench.lowering->lower(gemm.job(), Standalone::kBase);
        auto* const descriptor = reinterpret_cast<nz_descriptor*>(image.segments.front().bytes.data());
        CHECK(descriptor->nm_n == 2);
        CHECK(descriptor->nm_m == 4);
        CHECK(run_afresh(bench, image).done);
        descriptor->nm_m = 3;
        CHECK(run_afresh(bench, image).error == NZ_ERROR_SPARSITY);
        descriptor->nm_n = 8;
        descriptor->nm_m = 128;
        const HostOutcome denser = run_afresh(bench, image);
        CHECK(denser.error == NZ_ERROR_DATA);
        CHECK(denser.fault_address == descriptor->weights.address);
        descriptor->nm_n = 2;
        descriptor->nm_m = 4;
        CHECK(run_afresh(bench, image).done);
    });
}

TEST_CASE("whole operands can also be counted") {
    simulate_demm({}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case({2, 5, 200, 70}, NmPattern{2, 4});
        MemoryImage image = bench.lowering->lower(gemm.job(), Standalone::kBase);
        const HostOutcome computed = run_afresh(bench, image);
        const std::uint64_t useful = bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO);
        auto* const descriptor = reinterpret_cast<nz_descriptor*>(image.segments.front().bytes.data());
        descriptor->flags |= NZ_FLAG_COUNT_ONLY;
        const HostOutcome counted = run_afresh(bench, image);
        REQUIRE(counted.done);
        CHECK(cycles_of(counted) == cycles_of(computed));
        CHECK(counted.output.empty());
        CHECK(bench.host.read_counter(NZ_REG_USEFUL_PRODUCTS_LO) == useful);
    });
}
