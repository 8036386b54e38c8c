#pragma once
// Brute-force oracle of the toy machine, written from README.md alone: cycle by cycle, multiplier by multiplier.

#include <cstdint>
#include <vector>

#include "tests/oracles/gemm_problem.h"

namespace nonzero::oracle {

struct ToyResult {
    std::vector<std::int64_t> Y;  // (groups * Mo) x P
    std::uint64_t cycles = 0;
    std::uint64_t busy = 0, fragment = 0, drain = 0;  // MAC-cycles
};

inline ToyResult simulate_toy(const GemmProblem& problem, int lanes, int depth) {
    ToyResult result;
    result.Y.resize(std::size_t(problem.groups) * std::size_t(problem.Mo) * std::size_t(problem.P));
    for (int group = 0; group < problem.groups; ++group)
        for (int p = 0; p < problem.P; ++p)
            for (int row = 0; row < problem.Mo; ++row)
                for (int k = 0; k < problem.K; ++result.cycles)
                    for (int lane = 0; lane < lanes; ++lane, ++k)
                        if (k < problem.K) {
                            result.Y[problem.y(group, row, p)] +=
                                std::int64_t(problem.a(group, row, k)) * problem.b(group, k, p);
                            ++result.busy;
                        } else {
                            ++result.fragment;
                        }
    for (int stage = 0; stage < depth; ++stage, ++result.cycles)
        result.drain += std::uint64_t(lanes);
    return result;
}

}  // namespace nonzero::oracle
