#include "tests/oracles/gemm_problem.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace nonzero::oracle {

namespace {

std::uint32_t hash(std::uint32_t x) {
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    x ^= x >> 16;
    return x;
}

std::uint32_t score(std::uint32_t layer, int row, int column, int K) {
    return hash(std::uint32_t(row) * std::uint32_t(K) + std::uint32_t(column) + 0x9E3779B9u * (layer + 1));
}

// Marks the n columns of [begin, end) with the lowest scores of a row.
void keep(std::vector<char>& kept, std::uint32_t layer, int row, int begin, int end, int n, int K) {
    std::vector<int> order(std::size_t(end - begin));
    std::iota(order.begin(), order.end(), begin);
    std::vector<std::uint32_t> scores(order.size());
    std::transform(order.begin(), order.end(), scores.begin(),
                   [&](int column) { return score(layer, row, column, K); });
    std::sort(order.begin(), order.end(),
              [&](int x, int y) { return scores[std::size_t(x - begin)] < scores[std::size_t(y - begin)]; });
    for (int i = 0; i < std::min(n, end - begin); ++i)
        kept[std::size_t(order[std::size_t(i)])] = 1;
}

}  // namespace

GemmProblem hashed_problem(int groups, int Mo, int K, int P, const Mask& mask, std::uint32_t layer, bool with_b) {
    GemmProblem problem{groups, Mo, K, P, {}, {}};
    problem.A.resize(std::size_t(groups) * std::size_t(Mo) * std::size_t(K));
    std::vector<char> kept;
    for (int row = 0; row < groups * Mo; ++row) {
        if (mask.kind != Mask::columns || row % Mo % mask.rows == 0)
            kept.assign(std::size_t(K), 0);
        if (mask.kind == Mask::nm)
            for (int begin = 0; begin < K; begin += mask.m)
                keep(kept, layer, row, begin, std::min(K, begin + mask.m), mask.n, K);
        if (mask.kind == Mask::percent)
            for (int column = 0; column < K; ++column)
                kept[std::size_t(column)] =
                    100 * std::uint64_t(score(layer, row, column, K)) < (std::uint64_t(mask.n) << 32);
        if (mask.kind == Mask::columns && row % Mo % mask.rows == 0)
            keep(kept, layer, row, 0, K, (K * mask.n + mask.m - 1) / mask.m, K);
        for (int column = 0; column < K; ++column) {
            const std::uint32_t s = score(layer, row, column, K);
            const int magnitude = 1 + int((s >> 8) % 127);
            const int value = (s >> 7) % 2 == 1 ? -magnitude : magnitude;
            problem.A[std::size_t(row) * std::size_t(K) + std::size_t(column)] =
                std::int16_t(kept[std::size_t(column)] ? value : 0);
        }
    }
    if (with_b)
        for (int row = 0; row < groups * K; ++row)
            for (int p = 0; p < P; ++p) {
                const std::uint32_t place = std::uint32_t(row) * std::uint32_t(P) + std::uint32_t(p);
                problem.B.push_back(std::int16_t(int((hash(place + 0x85EBCA77u * (layer + 1)) >> 16) % 256) - 128));
            }
    return problem;
}

std::vector<std::int64_t> multiply(const GemmProblem& problem) {
    std::vector<std::int64_t> product(std::size_t(problem.groups) * std::size_t(problem.Mo) * std::size_t(problem.P));
    for (int group = 0; group < problem.groups; ++group)
        for (int row = 0; row < problem.Mo; ++row)
            for (int k = 0; k < problem.K; ++k)
                for (int p = 0; p < problem.P; ++p)
                    product[problem.y(group, row, p)] +=
                        std::int64_t(problem.a(group, row, k)) * problem.b(group, k, p);
    return product;
}

std::vector<GemmProblem> resnet50_shapes() {
    std::vector<GemmProblem> layers;
    const auto add = [&](int Mo, int K, int P) { layers.push_back({1, Mo, K, P, {}, {}}); };
    add(64, 147, 112 * 112);
    struct Stage {
        int blocks, width, plane;
    };
    int inputs = 64;
    int plane_before = 56;
    for (const Stage& stage : {Stage{3, 64, 56}, Stage{4, 128, 28}, Stage{6, 256, 14}, Stage{3, 512, 7}}) {
        const int P = stage.plane * stage.plane;
        for (int block = 0; block < stage.blocks; ++block) {
            add(stage.width, inputs, plane_before * plane_before);  // the stride comes with the next one
            add(stage.width, 9 * stage.width, P);
            add(4 * stage.width, stage.width, P);
            if (block == 0)
                add(4 * stage.width, inputs, P);
            inputs = 4 * stage.width;
            plane_before = stage.plane;
        }
    }
    add(1000, 2048, 1);
    return layers;
}

std::vector<GemmProblem> resnet50(const Mask& mask) {
    std::vector<GemmProblem> layers = resnet50_shapes();
    for (std::size_t l = 0; l < layers.size(); ++l)
        layers[l] = hashed_problem(1, layers[l].Mo, layers[l].K, layers[l].P, mask, std::uint32_t(l), false);
    return layers;
}

}  // namespace nonzero::oracle
