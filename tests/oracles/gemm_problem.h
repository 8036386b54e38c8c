#pragma once
// Matrix products for the oracles of DeMM and of the systolic engines, with the deterministic matrices of
// demm_facts.md 10, written from it alone.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero::oracle {

// `groups` products of Mo x K by K x P, one after the other; they form one layer.
struct GemmProblem {
    int groups = 1;
    int Mo = 1;
    int K = 1;
    int P = 1;
    std::vector<std::int16_t> A;  // (groups * Mo) x K, row-major
    std::vector<std::int16_t> B;  // (groups * K) x P, row-major; empty where nothing but cycles is asked for

    std::int16_t a(int group, int row, int k) const {
        return A[(std::size_t(group) * std::size_t(Mo) + std::size_t(row)) * std::size_t(K) + std::size_t(k)];
    }
    std::int16_t b(int group, int k, int p) const {
        return B[(std::size_t(group) * std::size_t(K) + std::size_t(k)) * std::size_t(P) + std::size_t(p)];
    }
    std::size_t y(int group, int row, int p) const {
        return (std::size_t(group) * std::size_t(Mo) + std::size_t(row)) * std::size_t(P) + std::size_t(p);
    }
};

// Where the weights of the deterministic matrices are.
struct Mask {
    enum Kind {
        nm,       // n:m
        percent,  // uD, D = n
        columns   // SPOTS, natural: per m rows the columns of n:(the second number) with the lowest scores in the first
    };
    Kind kind = nm;
    int n = 1;
    int m = 1;
    int rows = 128;  // columns only
};

// Layer l of a network; a single product is layer 0.
GemmProblem hashed_problem(int groups, int Mo, int K, int P, const Mask& mask, std::uint32_t layer = 0,
                           bool with_b = true);

// A * B of every group in int64, (groups * Mo) x P.
std::vector<std::int64_t> multiply(const GemmProblem& problem);

// The 54 products of ResNet-50 v1.5, conv1 first, fc last; layer i has the index i. A alone.
std::vector<GemmProblem> resnet50(const Mask& mask);
// The same shapes without matrices.
std::vector<GemmProblem> resnet50_shapes();

}  // namespace nonzero::oracle
