// Random arrays on random products against the oracles written from the card: values, cycles of every timing, passes,
// products; the multiplier cycles by cause add up; counted layers give the same numbers.

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/models/systolic/plain_layer.h"
#include "tests/oracles/systolic_oracle.h"

using namespace nonzero;
using namespace nonzero::systolic;
using oracle::GemmProblem;
using oracle::Mask;
using oracle::SystolicResult;
using oracle::Timing;

namespace {

int pick(int low, int high) {
    return *rc::gen::inRange(low, high + 1);
}

GemmProblem random_problem() {
    const Mask mask = pick(0, 1) == 0 ? Mask{Mask::percent, pick(0, 100), 1, 128}
                                      : Mask{Mask::nm, pick(1, 4), *rc::gen::element(4, 8, 16, 128), 128};
    GemmProblem problem =
        oracle::card_problem(pick(1, 3), pick(1, 40), pick(1, 90), pick(1, 70), mask, std::uint32_t(pick(0, 1000)));
    if (pick(0, 2) == 0) {
        // Wide operands, whose sums need more than 32 bits.
        for (auto* matrix : {&problem.A, &problem.B}) {
            for (std::int16_t& value : *matrix) {
                value = std::int16_t(value * 255 - (value < 0 ? 127 : 0));
            }
        }
    }
    if (pick(0, 2) == 0) {
        for (std::int16_t& value : problem.B) {
            value = value < 0 ? std::int16_t{0} : value;
        }
    }
    return problem;
}

std::uint64_t useful_products(const GemmProblem& problem) {
    std::uint64_t products = 0;
    for (int group = 0; group < problem.groups; ++group) {
        for (int row = 0; row < problem.Mo; ++row) {
            for (int k = 0; k < problem.K; ++k) {
                for (int p = 0; problem.a(group, row, k) != 0 && p < problem.P; ++p) {
                    products += problem.b(group, k, p) != 0 ? 1 : 0;
                }
            }
        }
    }
    return products;
}

using RunOracle = std::function<SystolicResult(const GemmProblem&, Timing)>;

void compare(const ArrayParameters& parameters, const GemmProblem& problem, const RunOracle& run,
             std::initializer_list<std::pair<PassTiming, Timing>> timings, std::optional<int> uniform_n = {}) {
    const PlainResult found = run_plain(parameters, problem, uniform_n);
    RC_ASSERT(found.Y == multiply(problem));
    RC_ASSERT(found.useful == useful_products(problem));
    for (const auto& [timing, name] : timings) {
        const SystolicResult expected = run(problem, name);
        RC_ASSERT(expected.refusal == "");
        RC_ASSERT(found.cycles.at(timing) == expected.cycles);
        RC_ASSERT(found.passes == expected.passes);
        RC_ASSERT(found.weight_products == expected.products);
        RC_ASSERT(found.Y == expected.Y);
    }
    RC_ASSERT(found.busy + found.zero_weight + found.edge + found.fill_drain + found.load ==
              found.cycles.at(parameters.timing) * std::uint64_t(parameters.multipliers()));

    GemmProblem counted = problem;
    counted.B.clear();
    const PlainResult counts = run_plain(parameters, counted, uniform_n);
    RC_ASSERT(counts.cycles == found.cycles);
    RC_ASSERT(counts.passes == found.passes);
    RC_ASSERT(counts.busy == found.busy);
    RC_ASSERT(counts.zero_weight == found.zero_weight);
    RC_ASSERT(counts.edge == found.edge);
}

template <class Timings>
PassTiming any_of(const Timings& timings) {
    return timings.begin()[pick(0, int(timings.size()) - 1)].first;
}

}  // namespace

TEST_CASE("dense arrays") {
    CHECK(rc::check("any array, any product", [] {
        const auto& [kind, dataflow] =
            *rc::gen::element(std::pair{ArrayKind::output_stationary, oracle::Dataflow::output_stationary},
                              std::pair{ArrayKind::weight_stationary, oracle::Dataflow::weight_stationary},
                              std::pair{ArrayKind::input_stationary, oracle::Dataflow::input_stationary});
        const std::initializer_list<std::pair<PassTiming, Timing>> timings{{PassTiming::serial, Timing::serial},
                                                                           {PassTiming::double_buffered, Timing::db}};
        ArrayParameters parameters = default_parameters(kind);
        parameters.rows = pick(1, 9);
        parameters.columns = pick(1, 9);
        parameters.timing = any_of(timings);
        const oracle::DenseArray array{dataflow, parameters.rows, parameters.columns};
        compare(
            parameters, random_problem(),
            [&](const GemmProblem& problem, Timing timing) { return run_dense(problem, array, timing); }, timings);
    }));
}

TEST_CASE("VEGETA and the 2:4 tensor core") {
    CHECK(rc::check("any array, any product", [] {
        const bool vegeta = pick(0, 1) == 0;
        const std::initializer_list<std::pair<PassTiming, Timing>> timings{{PassTiming::serial, Timing::serial},
                                                                           {PassTiming::rtl, Timing::rtl},
                                                                           {PassTiming::double_buffered, Timing::db}};
        ArrayParameters parameters = default_parameters(vegeta ? ArrayKind::vegeta : ArrayKind::tensor_core_24);
        parameters.alpha = pick(1, 3);
        parameters.beta = pick(1, 3);
        parameters.rows = parameters.beta * pick(1, 4);
        parameters.columns = parameters.alpha * pick(1, 4);
        parameters.timing = any_of(timings);
        oracle::Vegeta array;
        array.rows = parameters.rows;
        array.columns = parameters.columns;
        array.alpha = parameters.alpha;
        array.beta = parameters.beta;
        array.allowed = vegeta ? std::vector{1, 2, 4} : std::vector{2, 4};
        const std::optional<int> uniform_n = pick(0, 2) == 0 ? std::optional(4) : std::nullopt;
        array.natural_n = uniform_n.value_or(0);
        compare(
            parameters, random_problem(),
            [&](const GemmProblem& problem, Timing timing) { return run_vegeta(problem, array, timing); }, timings,
            uniform_n);
    }));
}

TEST_CASE("S2TA") {
    CHECK(rc::check("any array, any product", [] {
        const std::initializer_list<std::pair<PassTiming, Timing>> timings{{PassTiming::serial, Timing::block},
                                                                           {PassTiming::scale, Timing::scale},
                                                                           {PassTiming::double_buffered, Timing::db}};
        oracle::S2ta array;
        array.grid_rows = pick(1, 5);
        array.grid_columns = pick(1, 5);
        array.element = pick(1, 4);
        const std::optional<int> uniform_n = pick(0, 2) == 0 ? std::optional(8) : std::nullopt;
        array.natural_n = uniform_n.value_or(0);
        ArrayParameters parameters = default_parameters(ArrayKind::s2ta);
        parameters.tpe_rows = array.element;
        parameters.tpe_columns = array.element;
        parameters.rows = array.grid_rows * array.element;
        parameters.columns = array.grid_columns * array.element;
        parameters.timing = any_of(timings);
        compare(
            parameters, random_problem(),
            [&](const GemmProblem& problem, Timing timing) { return run_s2ta(problem, array, timing); }, timings,
            uniform_n);
    }));
}

TEST_CASE("SPOTS") {
    CHECK(rc::check("any array, any product", [] {
        const std::initializer_list<std::pair<PassTiming, Timing>> timings{{PassTiming::serial, Timing::serial},
                                                                           {PassTiming::double_buffered, Timing::db}};
        oracle::Spots array;
        array.arrays = pick(1, 4);
        array.rows = array.arrays * pick(1, 8);
        array.columns = pick(1, 5);
        ArrayParameters parameters = default_parameters(ArrayKind::spots);
        parameters.rows = array.rows;
        parameters.columns = array.columns;
        parameters.split = array.arrays;
        parameters.timing = any_of(timings);
        compare(
            parameters, random_problem(),
            [&](const GemmProblem& problem, Timing timing) { return run_spots(problem, array, timing); }, timings);
    }));
}
