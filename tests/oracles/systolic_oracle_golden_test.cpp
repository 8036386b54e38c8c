// Golden rows of the systolic engines: demm_facts.md 4.1, 4.3, 4.4 and 10.8.
#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <vector>

#include "tests/oracles/systolic_oracle.h"

namespace {

using namespace nonzero::oracle;

constexpr DenseArray output_stationary{Dataflow::output_stationary, 32, 16};
constexpr DenseArray weight_stationary{Dataflow::weight_stationary, 32, 16};
constexpr DenseArray input_stationary{Dataflow::input_stationary, 32, 16};

Vegeta tensor_core() {
    Vegeta array;
    array.allowed = {2, 4};
    return array;
}

std::uint64_t total(const std::vector<GemmProblem>& layers,
                    const std::function<SystolicResult(const GemmProblem&)>& run) {
    std::uint64_t cycles = 0;
    for (const GemmProblem& layer : layers) {
        const SystolicResult r = run(layer);
        REQUIRE_FALSE(r.refused());
        cycles += r.cycles;
    }
    return cycles;
}

// In units of `unit` cycles, rounded.
std::uint64_t rounded(std::uint64_t cycles, std::uint64_t unit) {
    return (cycles + unit / 2) / unit;
}

std::vector<GemmProblem> compressed(int factor) {
    std::vector<GemmProblem> layers = resnet50_shapes();
    for (GemmProblem& layer : layers)
        layer.K = (layer.K + factor - 1) / factor;
    return layers;
}

}  // namespace

TEST_CASE("golden counts of the public simulator") {
    const GemmProblem problem = hashed_problem(1, 128, 256, 256, {Mask::nm, 1, 1});
    const std::vector<std::int64_t> expected = multiply(problem);
    for (const auto& [dataflow, cycles] :
         {std::pair{Dataflow::output_stationary, 10175u}, std::pair{Dataflow::weight_stationary, 11199u},
          std::pair{Dataflow::input_stationary, 14207u}}) {
        const SystolicResult r = run_dense(problem, {dataflow, 32, 32}, Timing::report);
        CHECK(r.cycles == cycles);
        CHECK(r.Y == expected);
    }
}

TEST_CASE("ResNet-50 on dense arrays") {
    const std::vector<GemmProblem> layers = resnet50_shapes();
    CHECK(total(layers, [](const auto& l) { return run_dense(l, output_stationary, Timing::report); }) == 10031244);
    CHECK(total(layers, [](const auto& l) { return run_dense(l, input_stationary, Timing::db); }) == 8668788);
    const std::vector<int> factors = {1, 2, 4, 8, 16};
    const std::vector<std::uint64_t> serial = {11895, 5973, 3140, 1768, 1212};
    const std::vector<std::uint64_t> db = {8136, 4095, 2200, 1290, 945};
    for (std::size_t i = 0; i < factors.size(); ++i) {
        INFO("K / " << factors[i]);
        const auto shapes = compressed(factors[i]);
        const auto cycles = [&](Timing timing) {
            return total(shapes, [timing](const auto& l) { return run_dense(l, weight_stationary, timing); });
        };
        CHECK(rounded(cycles(Timing::serial), 1000) == serial[i]);
        CHECK(rounded(cycles(Timing::db), 1000) == db[i]);
    }
}

TEST_CASE("ResNet-50 at 8:128, the same matrix on all engines") {
    const auto layers = resnet50({Mask::nm, 8, 128});
    CHECK(total(layers, [](const auto& l) { return run_vegeta(l, {}, Timing::serial); }) == 7846880);
    CHECK(total(layers, [](const auto& l) { return run_vegeta(l, tensor_core(), Timing::serial); }) == 7923960);
    CHECK(total(layers, [](const auto& l) { return run_s2ta(l, {}, Timing::block); }) == 5038082);
    CHECK(total(layers, [](const auto& l) { return run_spots(l, {}, Timing::serial); }) == 12524524);
}

TEST_CASE("ResNet-50, each engine with its natural pattern") {
    // Printed rounded there, and twice: 2107496 as 2.108, 4494852 as 4.50.
    const std::vector<int> n8 = {8, 4, 2, 1};
    const std::vector<std::uint64_t> scale = {9679368, 5352584, 3189192, 2107496};
    for (std::size_t i = 0; i < n8.size(); ++i) {
        INFO("n8 = " << n8[i]);
        const S2ta array{8, 4, 4, n8[i]};
        CHECK(total(resnet50_shapes(), [&](const auto& l) { return run_s2ta(l, array, Timing::scale); }) == scale[i]);
    }
    const std::vector<int> shares = {1, 2, 4, 8, 16};
    const std::vector<std::uint64_t> spots = {12557956, 7950916, 5645828, 4494852, 3919364};
    for (std::size_t i = 0; i < shares.size(); ++i) {
        INFO("SPOTS with 1 of " << shares[i] << " columns");
        const auto layers = resnet50({Mask::columns, 1, shares[i]});
        CHECK(total(layers, [](const auto& l) { return run_spots(l, {}, Timing::serial); }) == spots[i]);
    }
    // The order for 8:128.
    Vegeta vegeta;
    vegeta.natural_n = 1;
    const S2ta s2ta{8, 4, 4, 1};
    CHECK(rounded(total(resnet50_shapes(), [&](const auto& l) { return run_vegeta(l, vegeta, Timing::serial); }),
                  1000) == 3140);
    CHECK(rounded(total(resnet50_shapes(), [&](const auto& l) { return run_s2ta(l, s2ta, Timing::block); }), 1000) ==
          1305);
    CHECK(rounded(
              total(resnet50({Mask::columns, 8, 128}), [](const auto& l) { return run_spots(l, {}, Timing::serial); }),
              1000) == 3919);
}

TEST_CASE("golden rows of single products, with their values") {
    const GemmProblem g3 = hashed_problem(1, 512, 4608, 49, {Mask::nm, 8, 128});
    const SystolicResult vegeta = run_vegeta(g3, {}, Timing::rtl);
    CHECK(vegeta.cycles == 481032);
    CHECK(vegeta.cycles == vegeta.passes * (49 + 32 + 16 + 2 + 32));  // V7, after a load of 32
    CHECK(vegeta.Y == multiply(g3));

    const GemmProblem e2 = hashed_problem(1, 130, 260, 130, {Mask::nm, 1, 8});  // the natural pattern of 8:128
    const SystolicResult s2ta = run_s2ta(e2, {8, 4, 4, 1}, Timing::db);
    CHECK(s2ta.cycles == 1495);
    CHECK(s2ta.Y == multiply(e2));

    const GemmProblem e1 = hashed_problem(1, 24, 100, 50, {Mask::nm, 8, 128});
    const SystolicResult spots = run_spots(e1, {}, Timing::db);
    CHECK(spots.cycles == 390);
    CHECK(spots.Y == multiply(e1));
}
