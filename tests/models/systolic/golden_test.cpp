// Golden numbers of demm_facts.md: the public simulator's counts of 4.1, the totals of 4.1, 4.3 and 4.4 as section 10
// keeps them, and the rows of 10.8.

#include <catch2/catch.hpp>
#include <functional>

#include "tests/models/systolic/plain_layer.h"

using namespace nonzero;
using namespace nonzero::systolic;
using oracle::GemmProblem;
using oracle::hashed_problem;
using oracle::Mask;

namespace {

Cycles total(ArrayKind kind, PassTiming timing, const std::vector<GemmProblem>& layers,
             std::optional<int> uniform_n = std::nullopt) {
    Cycles cycles = 0;
    for (const GemmProblem& layer : layers) {
        cycles += run_plain(default_parameters(kind), layer, uniform_n).cycles.at(timing);
    }
    return cycles;
}

// In thousands, rounded.
Cycles thousands(Cycles cycles) {
    return (cycles + 500) / 1000;
}

// The layers with a part of their columns, all weights alike.
std::vector<GemmProblem> dense_layers(int divisor, std::int16_t weight = 1) {
    std::vector<GemmProblem> layers = oracle::resnet50_shapes();
    for (GemmProblem& layer : layers) {
        layer.K = (layer.K + divisor - 1) / divisor;
        layer.A.assign(std::size_t(layer.groups) * std::size_t(layer.Mo) * std::size_t(layer.K), weight);
    }
    return layers;
}

ArrayParameters square(ArrayKind kind) {
    ArrayParameters parameters = default_parameters(kind);
    parameters.rows = 32;
    parameters.columns = 32;
    return parameters;
}

}  // namespace

TEST_CASE("the public simulator's counts") {
    const GemmProblem problem = hashed_problem(1, 128, 256, 256, {Mask::nm, 1, 1});
    const std::vector<std::int64_t> expected = multiply(problem);
    struct Row {
        ArrayKind kind;
        Cycles report;
        std::uint64_t folds;
        Cycles fold;
    };
    for (const Row& row :
         {Row{ArrayKind::output_stationary, 10175, 32, 318}, Row{ArrayKind::weight_stationary, 11199, 32, 350},
          Row{ArrayKind::input_stationary, 14207, 64, 222}}) {
        const PlainResult result = run_plain(square(row.kind), problem);
        CHECK(result.cycles.at(PassTiming::serial) - 1 == row.report);
        CHECK(result.passes == row.folds);
        CHECK(result.cycles.at(PassTiming::serial) == row.folds * row.fold);
        CHECK(result.Y == expected);
    }
}

TEST_CASE("ResNet-50 on dense arrays") {
    const auto layers = dense_layers(1);
    CHECK(total(ArrayKind::output_stationary, PassTiming::serial, layers) - layers.size() == 10031244);
    CHECK(total(ArrayKind::input_stationary, PassTiming::double_buffered, layers) == 8668788);
}

TEST_CASE("ResNet-50 on a weight-stationary array, all columns and a part of them") {
    struct Row {
        int divisor;
        Cycles serial;
        Cycles double_buffered;
    };
    for (const Row& row :
         {Row{1, 11895, 8136}, Row{2, 5973, 4095}, Row{4, 3140, 2200}, Row{8, 1768, 1290}, Row{16, 1212, 945}}) {
        const auto layers = dense_layers(row.divisor);
        INFO("K / " << row.divisor);
        CHECK(thousands(total(ArrayKind::weight_stationary, PassTiming::serial, layers)) == row.serial);
        CHECK(thousands(total(ArrayKind::weight_stationary, PassTiming::double_buffered, layers)) ==
              row.double_buffered);
    }
}

TEST_CASE("ResNet-50 at 8:128, the same matrix on every engine") {
    const auto layers = oracle::resnet50({Mask::nm, 8, 128});
    CHECK(total(ArrayKind::vegeta, PassTiming::serial, layers) == 7846880);
    CHECK(total(ArrayKind::tensor_core_24, PassTiming::serial, layers) == 7923960);
    CHECK(total(ArrayKind::s2ta, PassTiming::serial, layers) == 5038082);
    CHECK(total(ArrayKind::spots, PassTiming::serial, layers) == 12524524);
}

TEST_CASE("ResNet-50 on S2TA with the fill and drain of a plain array") {
    // demm_facts.md 4.3, which prints them rounded: 2107496 as 2.108.
    const auto layers = dense_layers(1, 0);
    for (const auto& [n, cycles] : {std::pair{8, 9679368U}, {4, 5352584U}, {2, 3189192U}, {1, 2107496U}}) {
        INFO(n << ":8");
        CHECK(total(ArrayKind::s2ta, PassTiming::scale, layers, n) == cycles);
    }
}

TEST_CASE("ResNet-50 on SPOTS with a part of the columns") {
    // demm_facts.md 4.4, which prints them rounded: 4494852 as 4.50.
    for (const auto& [share, cycles] :
         {std::pair{1, 12557956U}, {2, 7950916U}, {4, 5645828U}, {8, 4494852U}, {16, 3919364U}}) {
        INFO("1 of " << share << " columns");
        auto layers = dense_layers(1, 0);
        for (GemmProblem& layer : layers) {
            for (int row = 0; row < layer.Mo; row += 32) {
                std::fill_n(layer.A.begin() + std::ptrdiff_t(row) * layer.K, (layer.K + share - 1) / share, 1);
            }
        }
        CHECK(total(ArrayKind::spots, PassTiming::serial, layers) == cycles);
    }
}

TEST_CASE("single products") {
    const GemmProblem g3 = hashed_problem(1, 512, 4608, 49, {Mask::nm, 8, 128});
    CHECK(run_plain(default_parameters(ArrayKind::vegeta), g3).cycles.at(PassTiming::rtl) == 481032);
    const GemmProblem e2 = hashed_problem(1, 130, 260, 130, {Mask::nm, 1, 8});  // 8:128 becomes 1:8
    const PlainResult s2ta = run_plain(default_parameters(ArrayKind::s2ta), e2, 1);
    CHECK(s2ta.cycles.at(PassTiming::double_buffered) == 1495);
    CHECK(s2ta.Y == multiply(e2));
    const GemmProblem e1 = hashed_problem(1, 24, 100, 50, {Mask::nm, 8, 128});
    CHECK(run_plain(default_parameters(ArrayKind::spots), e1).cycles.at(PassTiming::double_buffered) == 390);
}

TEST_CASE("a VEGETA pass is as long as the published RTL counts it") {
    // demm_facts.md 4.2: after the load of Gr cycles, N + K/beta + M/alpha + 2 for N streamed columns.
    for (const auto& [alpha, beta] : {std::pair{1, 1}, {2, 4}, {4, 2}, {16, 32}}) {
        ArrayParameters parameters = default_parameters(ArrayKind::vegeta);
        parameters.alpha = alpha;
        parameters.beta = beta;
        const Cycles rows = 32 / Cycles(beta);
        const Cycles columns = 16 / Cycles(alpha);
        for (const Cycles pixels : {Cycles{1}, Cycles{49}, Cycles{1000}}) {
            const PassCycles pass = make_geometry(parameters, 16).pass_cycles(PassTiming::rtl, 1, pixels);
            CHECK(pass.load == rows);
            CHECK(pass.total() - pass.load == pixels + rows + columns + 2);
        }
    }
}
