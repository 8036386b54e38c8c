#include "tests/oracles/systolic_oracle.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "tests/oracles/systolic_grid.h"

namespace nonzero::oracle {

namespace {

using systolic::Block;
using systolic::SparseWeight;

int ceil_div(int a, int b) {
    return (a + b - 1) / b;
}

SystolicResult refused(const std::string& why) {
    SystolicResult r;
    r.refusal = why;
    return r;
}

// Y and the counts that need no time.
SystolicResult started(const GemmProblem& problem) {
    SystolicResult r;
    if (!problem.B.empty())
        r.Y.assign(std::size_t(problem.groups) * std::size_t(problem.Mo) * std::size_t(problem.P), 0);
    for (const std::int16_t weight : problem.A)
        r.products += weight != 0 ? std::uint64_t(problem.P) : 0;
    return r;
}

void expect_length(std::uint64_t measured, int length) {
    if (measured != std::uint64_t(length))
        throw std::logic_error("a pass of " + std::to_string(measured) + " cycles, not " + std::to_string(length));
}

// 0 outside of the matrix and where there is none.
int a_or_zero(const GemmProblem& problem, int group, int row, int k) {
    return row < problem.Mo && k < problem.K && !problem.A.empty() ? problem.a(group, row, k) : 0;
}
int b_or_zero(const GemmProblem& problem, int group, int k, int p) {
    return k < problem.K && p < problem.P ? problem.b(group, k, p) : 0;
}

void add(const GemmProblem& problem, SystolicResult& r, int group, int row, int p, std::int64_t value) {
    if (row < problem.Mo && p < problem.P)
        r.Y[problem.y(group, row, p)] += value;
    else if (value != 0)
        throw std::logic_error("a sum outside of the matrix");
}

// One output-stationary fold: rows from `first_row` on the array's rows, the given columns of k in their order.
std::uint64_t filters_on_rows(const GemmProblem& problem, SystolicResult& r, int rows, int columns, int group,
                              int first_row, int first_p, const std::vector<int>& ks) {
    return systolic::run_output_stationary<int, int>(
        rows, columns, int(ks.size()), 1,
        [&](int row, int step) { return a_or_zero(problem, group, first_row + row, ks[std::size_t(step)]); },
        [&](int column, int step) { return b_or_zero(problem, group, ks[std::size_t(step)], first_p + column); },
        [&](int row, int column, int, int a, int b) {
            add(problem, r, group, first_row + row, first_p + column, std::int64_t(a) * b);
        });
}

// One dense fold on the grid; returns its cycles.
std::uint64_t dense_fold(const GemmProblem& problem, SystolicResult& r, const DenseArray& array, int group, int i,
                         int j) {
    const int first_down = i * array.rows;
    const int first_across = j * array.columns;
    switch (array.dataflow) {
        case Dataflow::output_stationary:  // pixels on rows, filters on columns
            return systolic::run_output_stationary<int, int>(
                array.rows, array.columns, problem.K, 1,
                [&](int row, int k) { return b_or_zero(problem, group, k, first_down + row); },
                [&](int column, int k) { return a_or_zero(problem, group, first_across + column, k); },
                [&](int row, int column, int, int b, int a) {
                    add(problem, r, group, first_across + column, first_down + row, std::int64_t(a) * b);
                });
        case Dataflow::weight_stationary:  // k on rows, filters on columns, pixels stream
            return systolic::run_weight_stationary(
                array.rows, array.columns, 1, 1, problem.P,
                [&](int k, int column) {
                    return SparseWeight{a_or_zero(problem, group, first_across + column, first_down + k), 0};
                },
                [&](int k, int p) { return Block{b_or_zero(problem, group, first_down + k, p)}; },
                [&](int column, int p, std::int64_t sum) { add(problem, r, group, first_across + column, p, sum); });
        case Dataflow::input_stationary:  // k on rows, pixels on columns, filters stream
            return systolic::run_weight_stationary(
                array.rows, array.columns, 1, 1, problem.Mo,
                [&](int k, int column) {
                    return SparseWeight{b_or_zero(problem, group, first_down + k, first_across + column), 0};
                },
                [&](int k, int row) { return Block{a_or_zero(problem, group, row, first_down + k)}; },
                [&](int column, int row, std::int64_t sum) {
                    add(problem, r, group, row, first_across + column, sum);
                });
    }
    throw std::logic_error("unknown dataflow");
}

// Non-zeros of the fullest aligned block of a row.
int fullest_block(const GemmProblem& problem, int group, int row, int block) {
    int fullest = 0;
    for (int begin = 0; begin < problem.K; begin += block) {
        int found = 0;
        for (int k = begin; k < begin + block; ++k)
            found += a_or_zero(problem, group, row, k) != 0;
        fullest = std::max(fullest, found);
    }
    return fullest;
}

// The non-zeros of one block of a row, in the order of their columns.
std::vector<SparseWeight> block_entries(const GemmProblem& problem, int group, int row, int first_k, int block) {
    std::vector<SparseWeight> entries;
    for (int i = 0; i < block; ++i)
        if (const int value = a_or_zero(problem, group, row, first_k + i); value != 0)
            entries.push_back({value, i});
    return entries;
}

}  // namespace

SystolicResult run_dense(const GemmProblem& problem, const DenseArray& array, Timing timing) {
    if (timing != Timing::serial && timing != Timing::report && timing != Timing::db)
        return refused("dense arrays have the timings serial, report and db");
    const int R = array.rows;
    const int C = array.columns;
    int down = problem.K, across = problem.Mo, T = problem.P, length = 2 * R + C - 2, tail = 2 * R + C - 2;
    if (array.dataflow == Dataflow::output_stationary) {
        down = problem.P;
        T = problem.K;
        length = tail = R + C - 2;
    } else if (array.dataflow == Dataflow::input_stationary) {
        across = problem.P;
        T = problem.Mo;
    }
    length += T;
    SystolicResult r = started(problem);
    for (int group = 0; group < problem.groups; ++group)
        for (int i = 0; i < ceil_div(down, R); ++i)
            for (int j = 0; j < ceil_div(across, C); ++j) {
                ++r.passes;
                r.cycles += std::uint64_t(timing == Timing::db ? std::max(T, R) : length);
                if (!problem.B.empty())
                    expect_length(dense_fold(problem, r, array, group, i, j), length);
            }
    if (timing == Timing::db)
        r.cycles += std::uint64_t(tail);
    if (timing == Timing::report)
        r.cycles -= 1;
    return r;
}

SystolicResult run_vegeta(const GemmProblem& problem, const Vegeta& array, Timing timing) {
    if (timing != Timing::serial && timing != Timing::rtl && timing != Timing::db)
        return refused("VEGETA has the timings serial, rtl and db");
    const int Gr = array.rows / array.beta;
    const int Gc = array.columns / array.alpha;
    const int blocks = ceil_div(problem.K, 4);
    SystolicResult r = started(problem);
    for (int group = 0; group < problem.groups; ++group) {
        std::map<int, std::vector<int>> rows_of;  // n -> rows of A, in their order
        for (int row = 0; row < problem.Mo; ++row) {
            const int needed = fullest_block(problem, group, row, 4);
            int n = array.natural_n;
            if (n == 0) {
                for (const int allowed : array.allowed)
                    if (allowed >= needed && (n == 0 || allowed < n))
                        n = allowed;
            }
            if (n < needed)
                return refused("a row is denser than the pattern");
            rows_of[n].push_back(row);
        }
        for (const auto& [n, rows] : rows_of)
            for (int first = 0; first < int(rows.size()); first += array.columns)
                for (int slot = 0; slot < n * blocks; slot += array.rows) {
                    ++r.passes;
                    r.cycles += std::uint64_t(timing == Timing::db    ? std::max(problem.P, Gr)
                                              : timing == Timing::rtl ? 2 * Gr + Gc + problem.P + 2
                                                                      : 2 * Gr + Gc + problem.P - 2);
                    if (problem.B.empty())
                        continue;
                    const auto weight = [&, n = n, &rows = rows](int place, int column) -> SparseWeight {
                        const int q = slot + place;
                        if (q >= n * blocks || first + column >= int(rows.size()))
                            return {};
                        const auto entries =
                            block_entries(problem, group, rows[std::size_t(first + column)], q / n * 4, 4);
                        return q % n < int(entries.size()) ? entries[std::size_t(q % n)] : SparseWeight{};
                    };
                    const auto block = [&, n = n](int place, int p) {
                        Block activations{};
                        for (int i = 0; i < 4 && slot + place < n * blocks; ++i)
                            activations[std::size_t(i)] = b_or_zero(problem, group, (slot + place) / n * 4 + i, p);
                        return activations;
                    };
                    const auto result = [&, &rows = rows](int column, int p, std::int64_t sum) {
                        if (first + column < int(rows.size()))
                            add(problem, r, group, rows[std::size_t(first + column)], p, sum);
                    };
                    expect_length(systolic::run_weight_stationary(Gr, Gc, array.alpha, array.beta, problem.P, weight,
                                                                  block, result),
                                  2 * Gr + Gc + problem.P - 2);
                }
    }
    if (timing == Timing::db)
        r.cycles += std::uint64_t(2 * Gr + Gc - 2);
    return r;
}

SystolicResult run_s2ta(const GemmProblem& problem, const S2ta& array, Timing timing) {
    if (timing != Timing::block && timing != Timing::scale && timing != Timing::db)
        return refused("S2TA has the timings block, scale and db");
    const int Tm = array.grid_rows * array.element;
    const int Tp = array.grid_columns * array.element;
    const int blocks = ceil_div(problem.K, 8);
    const int skew = array.grid_rows + array.grid_columns - 2;
    int last_n = 1;
    SystolicResult r = started(problem);
    for (int group = 0; group < problem.groups; ++group)
        for (int first_row = 0; first_row < problem.Mo; first_row += Tm) {
            int needed = 1;
            for (int row = first_row; row < std::min(problem.Mo, first_row + Tm); ++row)
                needed = std::max(needed, fullest_block(problem, group, row, 8));
            const int n8 = array.natural_n == 0 ? needed : array.natural_n;
            if (n8 < needed)
                return refused("a row is denser than the pattern");
            last_n = n8;
            for (int first_p = 0; first_p < problem.P; first_p += Tp) {
                ++r.passes;
                r.cycles += std::uint64_t(timing == Timing::block   ? n8 * (blocks + skew)
                                          : timing == Timing::scale ? n8 * blocks + Tm + Tp - 2
                                                                    : std::max(n8 * blocks, array.grid_rows));
                if (problem.B.empty())
                    continue;
                // What an element gets for a block: its rows' entries, and all eight activations of its columns.
                using Weights = std::vector<std::vector<SparseWeight>>;
                using Activations = std::vector<std::vector<int>>;
                const auto weights = [&](int element_row, int block) {
                    Weights rows;
                    for (int i = 0; i < array.element; ++i)
                        rows.push_back(
                            block_entries(problem, group, first_row + element_row * array.element + i, block * 8, 8));
                    return rows;
                };
                const auto activations = [&](int element_column, int block) {
                    Activations columns(std::size_t(array.element));
                    for (int i = 0; i < array.element; ++i)
                        for (int k = 0; k < 8; ++k)
                            columns[std::size_t(i)].push_back(
                                b_or_zero(problem, group, block * 8 + k, first_p + element_column * array.element + i));
                    return columns;
                };
                const auto work = [&](int row, int column, int cycle, const Weights& w, const Activations& x) {
                    for (int i = 0; i < array.element; ++i)
                        for (int j = 0; j < array.element; ++j)
                            if (cycle < int(w[std::size_t(i)].size())) {
                                const SparseWeight& entry = w[std::size_t(i)][std::size_t(cycle)];
                                add(problem, r, group, first_row + row * array.element + i,
                                    first_p + column * array.element + j,
                                    std::int64_t(entry.value) * x[std::size_t(j)][std::size_t(entry.index)]);
                            }
                };
                expect_length(systolic::run_output_stationary<Weights, Activations>(
                                  array.grid_rows, array.grid_columns, blocks, n8, weights, activations, work),
                              n8 * (blocks + skew));
            }
        }
    if (timing == Timing::db)
        r.cycles += std::uint64_t(last_n * skew);
    return r;
}

SystolicResult run_spots(const GemmProblem& problem, const Spots& array, Timing timing) {
    if (timing != Timing::serial && timing != Timing::db)
        return refused("SPOTS has the timings serial and db");
    const bool tall = problem.Mo > array.rows / array.arrays;
    const int R = tall ? array.rows : array.rows / array.arrays;
    const int in_lock_step = tall ? 1 : array.arrays;
    SystolicResult r = started(problem);
    for (int group = 0; group < problem.groups; ++group)
        for (int first_row = 0; first_row < problem.Mo; first_row += R) {
            std::vector<int> ks;  // columns with a weight in these rows
            for (int k = 0; k < problem.K; ++k)
                for (int row = first_row; row < std::min(problem.Mo, first_row + R); ++row)
                    if (problem.a(group, row, k) != 0) {
                        ks.push_back(k);
                        break;
                    }
            if (ks.empty())
                ks.push_back(0);
            const int length = int(ks.size()) + R + array.columns - 2;
            for (int first_p = 0; first_p < problem.P; first_p += in_lock_step * array.columns) {
                ++r.passes;
                r.cycles += std::uint64_t(timing == Timing::db ? std::max(int(ks.size()), R) : length);
                for (int i = 0; i < in_lock_step && !problem.B.empty(); ++i)
                    expect_length(filters_on_rows(problem, r, R, array.columns, group, first_row,
                                                  first_p + i * array.columns, ks),
                                  length);
            }
        }
    if (timing == Timing::db)
        r.cycles += std::uint64_t(R + array.columns - 2);
    return r;
}

}  // namespace nonzero::oracle
