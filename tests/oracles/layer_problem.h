#pragma once
// A layer with its tensors as the matrix products that demm_facts.md 10, "Numbers", makes of it, straight from
// its formulas, so that a platform that runs layers can be compared with the oracles.

#include <cstddef>
#include <cstdint>

#include "tests/oracles/gemm_problem.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::oracle {

// input: C x H x W; of a fully connected layer any plane that flattens to it. The product is K x P x Q in C order.
inline GemmProblem problem_of(const Layer& layer, const Operands& input, const Operands& weights) {
    const int channels = layer.C / layer.groups;
    GemmProblem problem{
        layer.groups, layer.K / layer.groups, layer.KH * layer.KW * channels, layer.P() * layer.Q(), {}, {}};
    problem.A.resize(weights.size());
    problem.B.resize(std::size_t(layer.groups) * std::size_t(problem.K) * std::size_t(problem.P));
    for (int kh = 0; kh < layer.KH; ++kh)
        for (int kw = 0; kw < layer.KW; ++kw)
            for (int cin = 0; cin < channels; ++cin) {
                const int k = (kh * layer.KW + kw) * channels + cin;
                for (int row = 0; row < layer.K; ++row)
                    problem.A[std::size_t(row) * std::size_t(problem.K) + std::size_t(k)] =
                        weights.at(std::size_t(row), std::size_t(cin), std::size_t(kh), std::size_t(kw));
                for (int group = 0; group < layer.groups; ++group)
                    for (int oh = 0; oh < layer.P(); ++oh)
                        for (int ow = 0; ow < layer.Q(); ++ow) {
                            const int y = oh * layer.stride_y + kh * layer.dilation_y - layer.pad.top;
                            const int x = ow * layer.stride_x + kw * layer.dilation_x - layer.pad.left;
                            if (y < 0 || y >= layer.H || x < 0 || x >= layer.W)
                                continue;
                            const std::size_t from =
                                (std::size_t(group * channels + cin) * std::size_t(layer.H) + std::size_t(y)) *
                                    std::size_t(layer.W) +
                                std::size_t(x);
                            problem.B[(std::size_t(group) * std::size_t(problem.K) + std::size_t(k)) *
                                          std::size_t(problem.P) +
                                      std::size_t(oh * layer.Q() + ow)] = input.data[from];
                        }
            }
    return problem;
}

}  // namespace nonzero::oracle
