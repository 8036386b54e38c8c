#pragma once
// Brute-force oracles of the systolic engines that DeMM is compared with, written from demm_facts.md alone (10.2
// to 10.6; 4.1 to 4.5 where these are silent). Where B is given, every pass runs on a grid of processing elements
// with skew registers (systolic_grid.h), which gives the values and the length of the pass; std::logic_error when that
// is not the length there. Where B is empty, cycles alone come from these lengths: the way for large layers. A
// may be empty too for the dense arrays and for a given natural_n, where cycles depend on the shape alone.
//
// Readings where it is silent:
//  - a grouped layer counts the passes of all its groups; what is paid once per layer is paid once;
//  - db: the interval of a pass and the tail are those of 10.2 to 10.5, the grid runs the passes one by
//    one for their values;
//  - S2TA, db: the last tile is the one of the last rows and the last columns of the last group.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/oracles/gemm_problem.h"

namespace nonzero::oracle {

// serial and db for all but S2TA, which has block, scale and db; report for the dense arrays, rtl for VEGETA and the
// 2:4 tensor core.
enum class Timing { serial, db, report, rtl, block, scale };

struct SystolicResult {
    std::string refusal;          // not empty when a row is denser than natural_n or the engine has no such timing
    std::vector<std::int64_t> Y;  // (groups * Mo) x P; empty without B
    std::uint64_t cycles = 0;
    std::uint64_t passes = 0;    // folds, passes or output tiles
    std::uint64_t products = 0;  // non-zero weights times columns of B
    bool refused() const { return !refusal.empty(); }
};

enum class Dataflow { output_stationary, weight_stationary, input_stationary };

struct DenseArray {
    Dataflow dataflow = Dataflow::weight_stationary;
    int rows = 32;
    int columns = 16;
};
SystolicResult run_dense(const GemmProblem& problem, const DenseArray& array, Timing timing);

// VEGETA, and the 2:4 tensor core with allowed = {2, 4}.
struct Vegeta {
    int rows = 32;     // weights of a column of the array
    int columns = 16;  // rows of A that it holds
    int alpha = 1;
    int beta = 1;
    std::vector<int> allowed = {1, 2, 4};
    int natural_n = 0;  // 0: each row its own n ("same"); else n of all rows ("natural")
};
SystolicResult run_vegeta(const GemmProblem& problem, const Vegeta& array, Timing timing);

struct S2ta {
    int grid_rows = 8;
    int grid_columns = 4;
    int element = 4;    // rows and columns of outputs in a tensor processing element
    int natural_n = 0;  // n8 of all tiles; 0: of each tile ("same")
};
SystolicResult run_s2ta(const GemmProblem& problem, const S2ta& array, Timing timing);

struct Spots {
    int rows = 128;   // of the tall array; each of the small ones has rows / arrays
    int columns = 4;  // pixels of an array
    int arrays = 4;
};
SystolicResult run_spots(const GemmProblem& problem, const Spots& array, Timing timing);

}  // namespace nonzero::oracle
