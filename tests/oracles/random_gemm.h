#pragma once
// Random small products of matrices: groups, any shape, dense to empty, extreme values.

#include "tests/common/in_range.h"
#include "tests/oracles/gemm_problem.h"

namespace nonzero::oracle {

inline GemmProblem random_gemm(int most_rows = 9, int most_k = 40, int most_columns = 14) {
    GemmProblem problem{in_range(1, 3), in_range(1, most_rows), in_range(1, most_k), in_range(1, most_columns), {}, {}};
    const int zeros = in_range(0, 10);  // of ten
    const int extreme = in_range(0, 9) == 0 ? 32767 : 300;
    const auto fill = [&](std::vector<std::int16_t>& matrix, int rows, int columns, int zeros_of_ten) {
        for (int i = 0; i < rows * columns; ++i)
            matrix.push_back(std::int16_t(in_range(1, 10) <= zeros_of_ten ? 0 : in_range(-extreme, extreme)));
    };
    fill(problem.A, problem.groups * problem.Mo, problem.K, zeros);
    fill(problem.B, problem.groups * problem.K, problem.P, 1);
    return problem;
}

}  // namespace nonzero::oracle
