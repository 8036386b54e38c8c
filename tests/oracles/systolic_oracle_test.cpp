// The oracles of the systolic engines by hand and over random products and arrays.
#include "tests/oracles/systolic_oracle.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/oracles/random_gemm.h"

using namespace nonzero::oracle;
using nonzero::in_range;

namespace {

std::uint64_t ceil_div(int a, int b) {
    return std::uint64_t((a + b - 1) / b);
}

std::uint64_t non_zeros(const GemmProblem& problem) {
    return problem.A.size() - std::size_t(std::count(problem.A.begin(), problem.A.end(), 0));
}

// Without B, which leaves the closed forms.
SystolicResult counted(const auto& run, GemmProblem problem, const auto& array, Timing timing) {
    problem.B.clear();
    return run(problem, array, timing);
}

// Values, and that cycles with and without the grid agree.
void check(const auto& run, const GemmProblem& problem, const auto& array, Timing timing) {
    const SystolicResult r = run(problem, array, timing);
    const SystolicResult count = counted(run, problem, array, timing);
    RC_ASSERT(!r.refused());
    RC_ASSERT(r.Y == multiply(problem));
    RC_ASSERT(r.cycles == count.cycles);
    RC_ASSERT(r.passes == count.passes);
    RC_ASSERT(r.products == non_zeros(problem) * std::uint64_t(problem.P));
}

}  // namespace

TEST_CASE("one fold of the dense arrays by hand") {
    const GemmProblem problem{1, 2, 3, 2, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6}};
    const std::vector<std::int64_t> product = {22, 28, 49, 64};
    for (const Dataflow dataflow :
         {Dataflow::output_stationary, Dataflow::weight_stationary, Dataflow::input_stationary}) {
        const SystolicResult r = run_dense(problem, {dataflow, 4, 3}, Timing::serial);
        CHECK(r.Y == product);
        CHECK(r.passes == 1);
        // K, P or Mo steps on 4 x 3.
        CHECK(r.cycles == (dataflow == Dataflow::output_stationary ? 3 + 4 + 3 - 2 : 2 * 4 + 3 + 2 - 2));
        CHECK(run_dense(problem, {dataflow, 4, 3}, Timing::report).cycles == r.cycles - 1);
        CHECK(run_dense(problem, {dataflow, 4, 3}, Timing::db).cycles ==
              4 + (dataflow == Dataflow::output_stationary ? 5 : 9));
    }
    CHECK(run_dense(problem, {Dataflow::weight_stationary, 2, 1}, Timing::db).passes == 4);
    CHECK(run_dense(problem, {Dataflow::weight_stationary, 2, 1}, Timing::rtl).refused());
}

TEST_CASE("VEGETA gathers rows of equal density") {
    // Rows of n = 1, 4 (three in a block), 1, 1 (empty) on an array of 2 slots and 2 columns; two blocks each.
    GemmProblem problem{1, 4, 8, 1, {}, {1, 2, 3, 4, 5, 6, 7, 8}};
    problem.A = {0, 9, 0, 0, 0, 0, 0, 7,  //
                 1, 1, 0, 1, 0, 0, 0, 0,  //
                 0, 0, 0, 2, 3, 0, 0, 0,  //
                 0, 0, 0, 0, 0, 0, 0, 0};
    Vegeta array;
    array.rows = 2;
    array.columns = 2;
    const SystolicResult r = run_vegeta(problem, array, Timing::serial);
    CHECK(r.Y == std::vector<std::int64_t>{74, 7, 23, 0});
    CHECK(r.passes == 2 * 1 + 1 * 4);  // three rows of n = 1 in 2 slots; one of n = 4 in 8
    CHECK(r.cycles == 6 * (2 * 2 + 2 + 1 - 2));
    CHECK(run_vegeta(problem, array, Timing::rtl).cycles == 6 * (2 * 2 + 2 + 1 + 2));
    CHECK(run_vegeta(problem, array, Timing::db).cycles == 6 * 2 + 2 * 2 + 2 - 2);

    array.allowed = {2, 4};  // 2:4 tensor core
    CHECK(run_vegeta(problem, array, Timing::serial).passes == 2 * 2 + 1 * 4);
    array.natural_n = 4;
    CHECK(run_vegeta(problem, array, Timing::serial).passes == 2 * 4);
    array.natural_n = 2;
    CHECK(run_vegeta(problem, array, Timing::serial).refused());
    array.natural_n = 0;
    array.alpha = array.beta = 2;
    CHECK(run_vegeta(problem, array, Timing::serial).cycles == 8 * (2 * 1 + 1 + 1 - 2));
}

TEST_CASE("a tile of S2TA takes the cycles of its fullest block") {
    // Tiles of 2 x 2 outputs, 1 x 1 elements; the second tile's fullest block has three weights.
    GemmProblem problem{1, 4, 9, 2, std::vector<std::int16_t>(36, 0), std::vector<std::int16_t>(18, 1)};
    problem.A[8] = 5;                                                        // row 0, block 1
    problem.A[3 * 9 + 0] = problem.A[3 * 9 + 4] = problem.A[3 * 9 + 7] = 2;  // row 3, block 0
    const S2ta array{2, 2, 1, 0};
    const SystolicResult r = run_s2ta(problem, array, Timing::block);
    CHECK(r.Y == std::vector<std::int64_t>{5, 5, 0, 0, 0, 0, 6, 6});
    CHECK(r.passes == 2);
    CHECK(r.cycles == 1 * (2 + 2) + 3 * (2 + 2));
    CHECK(run_s2ta(problem, array, Timing::scale).cycles == (2 + 2) + (6 + 2));
    CHECK(run_s2ta(problem, array, Timing::db).cycles == 2 + 6 + 3 * 2);
    CHECK(run_s2ta(problem, {2, 2, 1, 4}, Timing::block).cycles == 2 * 4 * (2 + 2));
    CHECK(run_s2ta(problem, {2, 2, 1, 2}, Timing::block).refused());
}

TEST_CASE("SPOTS skips columns that a whole group of rows does not use") {
    GemmProblem problem{1, 5, 4, 3, std::vector<std::int16_t>(20, 0), std::vector<std::int16_t>(12, 1)};
    problem.A[1] = problem.A[5] = problem.A[4 + 3] = 2;  // rows 0 and 1: columns 1 and 3; row 4: none
    const Spots array{4, 2, 2};
    const SystolicResult r = run_spots(problem, array, Timing::serial);  // tall: groups of 4 and 1 rows
    CHECK(r.passes == 2 * 2);
    CHECK(r.cycles == 2 * (2 + 4 + 2 - 2) + 2 * (1 + 4 + 2 - 2));
    CHECK(run_spots(problem, array, Timing::db).cycles == 4 * 4 + 4);
    CHECK(r.Y[0] == 2);
    CHECK(r.Y[3] == 4);

    problem.Mo = 2;
    problem.A.resize(8);
    const SystolicResult small =
        run_spots(problem, array, Timing::serial);  // two arrays of 2 x 2, four columns at once
    CHECK(small.passes == 1);
    CHECK(small.cycles == 2 + 2 + 2 - 2);
}

TEST_CASE("dense arrays over random products") {
    CHECK(nonzero::test::property_holds("values and both ways of counting", [] {
        const GemmProblem problem = random_gemm(9, 12, 9);
        const DenseArray array{Dataflow(in_range(0, 2)), in_range(1, 5), in_range(1, 5)};
        check(run_dense, problem, array, Timing::serial);
        const std::uint64_t groups = std::uint64_t(problem.groups);
        const std::uint64_t folds =
            groups * (array.dataflow == Dataflow::output_stationary
                          ? ceil_div(problem.P, array.rows) * ceil_div(problem.Mo, array.columns)
                      : array.dataflow == Dataflow::weight_stationary
                          ? ceil_div(problem.K, array.rows) * ceil_div(problem.Mo, array.columns)
                          : ceil_div(problem.K, array.rows) * ceil_div(problem.P, array.columns));
        RC_ASSERT(counted(run_dense, problem, array, Timing::db).passes == folds);
    }));
}

TEST_CASE("VEGETA over random products") {
    CHECK(nonzero::test::property_holds("values and both ways of counting", [] {
        const GemmProblem problem = random_gemm(9, 24, 7);
        Vegeta array;
        array.alpha = in_range(1, 2);
        array.beta = in_range(1, 3);
        array.columns = array.alpha * in_range(1, 3);
        array.rows = array.beta * in_range(1, 4);
        if (in_range(0, 1) == 0)
            array.allowed = {2, 4};
        if (in_range(0, 3) == 0)
            array.natural_n = 4;
        check(run_vegeta, problem, array, in_range(0, 1) == 0 ? Timing::serial : Timing::rtl);
    }));
}

TEST_CASE("S2TA over random products") {
    CHECK(nonzero::test::property_holds("values and both ways of counting", [] {
        const GemmProblem problem = random_gemm(9, 30, 9);
        const S2ta array{in_range(1, 3), in_range(1, 3), in_range(1, 3), in_range(0, 3) == 0 ? 8 : 0};
        check(run_s2ta, problem, array, in_range(0, 1) == 0 ? Timing::block : Timing::db);
    }));
}

TEST_CASE("SPOTS over random products") {
    CHECK(nonzero::test::property_holds("values and both ways of counting", [] {
        const GemmProblem problem = random_gemm(13, 20, 9);
        const int arrays = in_range(1, 3);
        const Spots array{arrays * in_range(1, 4), in_range(1, 3), arrays};
        check(run_spots, problem, array, in_range(0, 1) == 0 ? Timing::serial : Timing::db);
    }));
}
