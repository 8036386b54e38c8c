// Golden numbers of demm_facts.md 4.1 and 10.8 through the platforms, with values where a product is small enough; and
// the matrices that the engines would prune to (10.6).

#include <catch2/catch.hpp>

#include "tests/platforms/gemm_cases.h"
#include "workloads/error.h"
#include "workloads/network.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::test;

namespace {

// One product with its values.
HostOutcome run_product(Standalone& bench, const GemmCase& gemm) {
    HostOutcome outcome = run_afresh(bench, gemm.job());
    REQUIRE(outcome.done);
    CHECK(bench.lowering->decode_sums(gemm.job(), outcome.output) == convolve(gemm.layer, gemm.input, gemm.weights));
    return outcome;
}

void check_simulator_counts(const char* kind, std::uint64_t report, std::uint64_t folds, std::uint64_t fold) {
    simulate(kind, with_settings({{"array.rows", "32"}, {"array.columns", "32"}}), [&](Standalone& bench) {
        const HostOutcome outcome = run_product(bench, hashed_case({1, 128, 256, 256}, NmPattern{1, 1}));
        CHECK(cycles_of(outcome) == folds * fold);
        CHECK(bench.platform.statistic("sequencer.cycles_report") == report);
        CHECK(bench.platform.statistic("array.passes") == folds);
        CHECK(attributed_cycles(kind, bench) == 1024 * folds * fold);
    });
}

// All layers of ResNet-50, only counted, added up.
std::uint64_t count_resnet50(Standalone& bench, const char* counter, const NmPattern& pattern) {
    std::uint64_t total = 0;
    std::uint32_t index = 0;
    const Network network = load_network("resnet50");
    for (const Layer* layer : network.weighted_layers(true)) {
        const GemmCase gemm = hashed_case(*layer, pattern, index++);
        LayerJob job = gemm.job();
        job.count_only = true;
        REQUIRE(run_afresh(bench, job).done);
        total += bench.platform.statistic(counter);
    }
    CHECK(index == 54);
    return total;
}

void check_resnet50(const char* kind, const char* counter, const NmPattern& pattern, std::uint64_t expected) {
    simulate(kind, {}, [&](Standalone& bench) { CHECK(count_resnet50(bench, counter, pattern) == expected); });
}

const PlatformKind& kind_of(const char* name) {
    return find_platform(name);
}

WeightPlaces natural(const char* kind, const GemmShape& shape, const NmPattern& pattern) {
    const auto places = kind_of(kind).natural_places(*kind_of(kind).make_parameters(), shape, pattern);
    REQUIRE(places.has_value());
    return *places;
}

}  // namespace

TEST_CASE("the public simulator's output-stationary count") {
    check_simulator_counts("systolic_os", 10175, 32, 318);
}
TEST_CASE("the public simulator's weight-stationary count") {
    check_simulator_counts("systolic_ws", 11199, 32, 350);
}
TEST_CASE("the public simulator's input-stationary count") {
    check_simulator_counts("systolic_is", 14207, 64, 222);
}

TEST_CASE("ResNet-50 on the output-stationary array") {
    check_resnet50("systolic_os", "sequencer.cycles_report", {8, 128}, 10031244);
}
TEST_CASE("ResNet-50 on the input-stationary array") {
    check_resnet50("systolic_is", "sequencer.cycles_db", {8, 128}, 8668788);
}
TEST_CASE("ResNet-50 at 8:128 on VEGETA") {
    check_resnet50("vegeta", "sequencer.cycles_serial", {8, 128}, 7846880);
}
TEST_CASE("ResNet-50 at 8:128 on the tensor core") {
    check_resnet50("tensor_core_24", "sequencer.cycles_serial", {8, 128}, 7923960);
}
TEST_CASE("ResNet-50 at 8:128 on S2TA") {
    check_resnet50("s2ta", "sequencer.cycles_block", {8, 128}, 5038082);
}
TEST_CASE("ResNet-50 at 8:128 on SPOTS") {
    check_resnet50("spots", "sequencer.cycles_serial", {8, 128}, 12524524);
}

TEST_CASE("a product on VEGETA as the RTL times it") {
    simulate("vegeta", with_settings({{"array.timing", "rtl"}}), [](Standalone& bench) {
        CHECK(cycles_of(run_product(bench, hashed_case({1, 512, 4608, 49}, NmPattern{8, 128}))) == 481032);
    });
}

TEST_CASE("a product with the matrix that S2TA prunes to") {
    simulate("s2ta", with_settings({{"array.timing", "db"}}), [](Standalone& bench) {
        const GemmShape shape{1, 130, 260, 130};
        CHECK(cycles_of(run_product(bench, hashed_case(shape, natural("s2ta", shape, {8, 128})))) == 1495);
    });
}

TEST_CASE("a small product on SPOTS") {
    simulate("spots", with_settings({{"array.timing", "db"}}), [](Standalone& bench) {
        CHECK(cycles_of(run_product(bench, hashed_case({1, 24, 100, 50}, NmPattern{8, 128}))) == 390);
    });
}

TEST_CASE("the patterns that the engines prune to") {
    const GemmShape shape{1, 512, 4608, 49};
    const auto expect = [&](const char* kind, const NmPattern& pattern, const NmPattern& own) {
        INFO(kind << ", " << to_string(pattern));
        const WeightPlaces places = natural(kind, shape, pattern);
        REQUIRE(std::holds_alternative<NmPattern>(places));
        CHECK(std::get<NmPattern>(places) == own);
    };
    expect("vegeta", {8, 128}, {1, 4});
    expect("vegeta", {1, 4}, {1, 4});
    expect("vegeta", {2, 4}, {2, 4});
    expect("vegeta", {3, 8}, {2, 4});
    expect("vegeta", {5, 8}, {4, 4});
    expect("tensor_core_24", {8, 128}, {2, 4});
    expect("tensor_core_24", {3, 4}, {4, 4});
    expect("s2ta", {8, 128}, {1, 8});
    expect("s2ta", {1, 4}, {2, 8});
    expect("s2ta", {3, 8}, {3, 8});
    expect("s2ta", {17, 128}, {2, 8});
    for (const char* dense : {"systolic_os", "systolic_ws", "systolic_is"}) {
        expect(dense, {8, 128}, {1, 1});
    }
    const auto rows = [](int filters) {
        const WeightPlaces places = natural("spots", {1, filters, 100, 10}, {8, 128});
        REQUIRE(std::holds_alternative<ColumnGroups>(places));
        CHECK(std::get<ColumnGroups>(places).share == NmPattern{8, 128});
        return std::get<ColumnGroups>(places).rows;
    };
    CHECK(rows(512) == 128);
    CHECK(rows(33) == 128);
    CHECK(rows(32) == 32);
}

TEST_CASE("rows of a declared pattern take its slots and denser ones are refused") {
    simulate("vegeta", {}, [](Standalone& bench) {
        GemmCase gemm = hashed_case({2, 20, 30, 10}, NmPattern{1, 4});
        const std::uint64_t passes_of_1_4 = [&] {
            run_product(bench, gemm);
            return bench.platform.statistic("array.passes");
        }();
        CHECK(passes_of_1_4 == 2 * 2);
        gemm.pattern = NmPattern{4, 4};  // looser than its weights: 32 slots of 30 columns
        run_product(bench, gemm);
        CHECK(bench.platform.statistic("weight_buffer.slot_words") == 2 * 20 * 32);
        gemm.pattern = NmPattern{1, 4};
        std::fill_n(gemm.weights.data.begin() + 30 * 25 + 4, 4, std::int16_t{0});
        gemm.weights.data[30 * 25 + 5] = gemm.weights.data[30 * 25 + 6] = 3;
        try {
            run_afresh(bench, gemm.job());
            FAIL("not refused");
        } catch (const InputError& error) {
            CHECK(std::string(error.what()) ==
                  "layer 'gemm': row 5 of group 1 has 2 weights in columns 4 to 7, pattern 1:4 allows 1; prune the "
                  "layer to it or give no pattern");
        }
    });
}

TEST_CASE("sizes that do not divide are refused") {
    const auto refusal = [](const char* kind, const Settings& settings) {
        try {
            const PlatformKind& found = find_platform(kind);
            const auto parameters = make_parameters(found, "", settings);
            found.make_lowering(*parameters);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refusal("vegeta", {{"array.beta", "3"}}) ==
          "vegeta: array.beta = 3 does not divide array.rows = 32; choose a divisor");
    CHECK(refusal("vegeta", {{"array.alpha", "32"}}) ==
          "vegeta: array.alpha = 32 does not divide array.columns = 16; choose a divisor");
    CHECK(refusal("s2ta", {{"tpe.columns", "5"}}) ==
          "s2ta: tpe.columns = 5 does not divide array.columns = 16; choose a divisor");
    CHECK(refusal("spots", {{"array.split", "3"}}) ==
          "spots: array.split = 3 does not divide array.rows = 128; choose a divisor");
    CHECK(refusal("systolic_ws", {{"array.timing", "rtl"}}) != "");
    CHECK(refusal("vegeta", {{"array.alpha", "16"}, {"array.beta", "32"}, {"array.timing", "rtl"}}) == "");
}
