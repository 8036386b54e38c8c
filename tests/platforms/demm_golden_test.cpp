// Golden rows of demm_facts.md 3 and 10.8 through the platform, with values where one product is small enough.

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/platforms/gemm_cases.h"
#include "workloads/network.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

struct Row {
    GemmShape shape;
    std::uint64_t rho1, rho8;
};
struct Variant {
    const char* preload;
    std::vector<Row> rows;
};

constexpr GemmShape kG0{1, 64, 128, 64};
constexpr GemmShape kG1{1, 64, 147, 12544};
constexpr GemmShape kG2{1, 256, 64, 3136};
constexpr GemmShape kG3{1, 512, 4608, 49};
constexpr GemmShape kG4{1, 1000, 2048, 1};

const Variant kSerial{
    "serial",
    {{kG0, 198, 646}, {kG1, 53906, 229522}, {kG2, 15686, 103494}, {kG3, 23046, 152070}, {kG4, 18054, 130054}}};
const Variant kNaive{
    "naive", {{kG0, 198, 646}, {kG1, 56252, 231868}, {kG2, 15974, 103782}, {kG3, 23256, 152280}, {kG4, 18144, 130144}}};
const Variant kHidden{
    "hidden",
    {{kG0, 198, 646}, {kG1, 37702, 200838}, {kG2, 12614, 100422}, {kG3, 18566, 147590}, {kG4, 16134, 128134}}};

void check_variant(const Variant& variant) {
    simulate_demm({{"engine.preload", variant.preload}}, [&](Standalone& bench) {
        for (const Row& row : variant.rows) {
            for (const int rho : {1, 8}) {
                INFO(row.shape.Mo << " x " << row.shape.K << " x " << row.shape.P << ", rho " << rho);
                const GemmCase gemm = hashed_case(row.shape, NmPattern{8 * rho, 128});
                const HostOutcome outcome = run_afresh(bench, gemm.job());
                REQUIRE(outcome.done);
                CHECK(cycles_of(outcome) == (rho == 1 ? row.rho1 : row.rho8));
                CHECK(attributed_cycles("demm", bench) == 512 * cycles_of(outcome));
                CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) ==
                      convolve(gemm.layer, gemm.input, gemm.weights));
            }
        }
    });
}

// Cycles and slots of all layers of ResNet-50, only counted.
struct Total {
    std::uint64_t cycles = 0;
    std::uint64_t slots = 0;
    std::uint64_t preload = 0;  // exposed, MAC-cycles
};
Total count_resnet50(Standalone& bench, const NmPattern& pattern) {
    Total total;
    std::uint32_t index = 0;
    const Network network = load_network("resnet50");
    for (const Layer* layer : network.weighted_layers(true)) {
        const GemmCase gemm = hashed_case(*layer, pattern, index++);
        LayerJob job = gemm.job();
        job.count_only = true;
        const HostOutcome outcome = run_afresh(bench, job);
        REQUIRE(outcome.done);
        total.cycles += cycles_of(outcome);
        total.slots += bench.platform.statistic("row_streamer.slots");
        total.preload += bench.platform.statistic("sequencer.preload");
    }
    CHECK(index == 54);
    return total;
}

std::uint64_t thousands(std::uint64_t cycles) {
    return (cycles + 500) / 1000;
}

void check_resnet50(const char* preload, const std::vector<std::uint64_t>& expected) {
    simulate_demm({{"engine.preload", preload}}, [&](Standalone& bench) {
        const NmPattern patterns[] = {{8, 128}, {1, 8}, {1, 4}, {2, 4}};
        const std::uint64_t slots[] = {646, 1292, 2583, 5166};
        std::uint64_t relaxed = 0;
        for (std::size_t n = 0; n < 4; ++n) {
            INFO(to_string(patterns[n]));
            const Total total = count_resnet50(bench, patterns[n]);
            CHECK(thousands(total.cycles) == expected[n]);
            CHECK(thousands(total.slots) == slots[n]);
            if (n == 0) {
                relaxed = total.slots;
                if (std::string(preload) == "serial") {  // V12
                    CHECK(std::abs(double(total.preload) / 512 / double(total.cycles) - 0.37) < 0.01);
                }
            }
            CHECK(total.slots == (std::uint64_t{1} << n) * relaxed);  // V2, V5
        }
    });
}

}  // namespace

TEST_CASE("golden products with serial preload") {
    check_variant(kSerial);
}
TEST_CASE("golden products with naive preload") {
    check_variant(kNaive);
}
TEST_CASE("golden products with hidden preload") {
    check_variant(kHidden);
}

TEST_CASE("ResNet-50 with serial preload") {
    check_resnet50("serial", {1020, 1666, 2957, 5540});
}
TEST_CASE("ResNet-50 with naive preload") {
    check_resnet50("naive", {1039, 1685, 2977, 5560});
}
TEST_CASE("ResNet-50 with hidden preload") {
    check_resnet50("hidden", {715, 1298, 2590, 5173});
}

TEST_CASE("ResNet-50 row by row") {
    simulate_demm({{"engine.rho", "per_row"}}, [](Standalone& bench) {
        CHECK(count_resnet50(bench, {1, 4}).cycles == 2794192);
    });
}
TEST_CASE("ResNet-50 row by row with hidden preload") {
    simulate_demm({{"engine.rho", "per_row"}, {"engine.preload", "hidden"}}, [](Standalone& bench) {
        CHECK(count_resnet50(bench, {16, 256}).cycles == 1007151);
    });
}
TEST_CASE("ResNet-50 on a memory of 256 rows") {
    simulate_demm({{"engine.m", "256"}}, [](Standalone& bench) {
        CHECK(count_resnet50(bench, {8, 256}).cycles == 745104);
    });
}

TEST_CASE("golden rows of single products row by row") {
    simulate_demm({{"engine.rho", "per_row"}, {"engine.preload", "hidden"}}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case(kG1, NmPattern{2, 4});
        CHECK(cycles_of(run_afresh(bench, gemm.job())) == 125574);
    });
}
TEST_CASE("golden rows of grouped products") {
    simulate_demm({{"engine.preload", "hidden"}}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case({32, 1, 9, 12544}, NmPattern{2, 4});
        const HostOutcome outcome = run_afresh(bench, gemm.job());
        CHECK(cycles_of(outcome) == 56462);
        CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) ==
              convolve(gemm.layer, gemm.input, gemm.weights));
    });
}
TEST_CASE("golden rows of rows denser than k slots") {
    simulate_demm({}, [](Standalone& bench) {
        const GemmCase gemm = hashed_case({1, 130, 260, 130}, UniformDensity{70});
        const HostOutcome outcome = run_afresh(bench, gemm.job());
        CHECK(cycles_of(outcome) == 10209);
        CHECK(bench.platform.statistic("array.beyond_k") == 780);
        CHECK(bench.platform.statistic("output_buffer.psum_row_updates") == 1950);
        CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) ==
              convolve(gemm.layer, gemm.input, gemm.weights));
    });
}
