#pragma once
// Grids of processing elements with neighbour registers, stepped cycle by cycle: operands hop right, partial sums or
// other operands hop down, everything enters skewed. Time is measured, never computed.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

namespace nonzero::oracle::systolic {

template <class T>
class Grid {
  public:
    Grid(int rows, int columns, const T& value)
        : columns_(std::size_t(columns)), data_(std::size_t(rows) * std::size_t(columns), value) {}
    T& at(int row, int column) { return data_[std::size_t(row) * columns_ + std::size_t(column)]; }

  private:
    std::size_t columns_;
    std::vector<T> data_;
};

// An operand on its way and the step that it belongs to; step -1: nothing.
template <class T>
struct Moving {
    int step = -1;
    T value{};
};

// Output stationary: element (r, c) multiplies what comes from the left of its row with what comes from the top of its
// column, for T steps. Each element takes `interval` cycles for a step: work(r, c, step, cycle within the step, left,
// top). Returns the cycles until the last element has finished.
template <class Left, class Top, class Work>
std::uint64_t run_output_stationary(int rows, int columns, int steps, int interval,
                                    const std::function<Left(int row, int step)>& left,
                                    const std::function<Top(int column, int step)>& top, const Work& work) {
    Grid<Moving<Left>> right_going(rows, columns, {});
    Grid<Moving<Top>> down_going(rows, columns, {});
    std::uint64_t cycles = 0;
    for (int beat = 0;; ++beat) {
        // From the far corner, so that each takes what its neighbours had in the beat before.
        for (int r = rows - 1; r >= 0; --r)
            for (int c = columns - 1; c >= 0; --c) {
                Moving<Left>& x = right_going.at(r, c);
                Moving<Top>& w = down_going.at(r, c);
                if (c > 0)
                    x = right_going.at(r, c - 1);
                else
                    x = beat >= r && beat - r < steps ? Moving<Left>{beat - r, left(r, beat - r)} : Moving<Left>{};
                if (r > 0)
                    w = down_going.at(r - 1, c);
                else
                    w = beat >= c && beat - c < steps ? Moving<Top>{beat - c, top(c, beat - c)} : Moving<Top>{};
                if (x.step != w.step)
                    throw std::logic_error("operands of different steps meet");
                if (x.step < 0)
                    continue;
                for (int i = 0; i < interval; ++i)
                    work(r, c, i, x.value, w.value);
            }
        cycles += std::uint64_t(interval);
        if (right_going.at(rows - 1, columns - 1).step == steps - 1)
            return cycles;
    }
}

struct SparseWeight {
    int value = 0;
    int index = 0;  // of its activation in the block of four
};
using Block = std::array<int, 4>;

// Weight stationary with alpha x beta weights in an element: `beta` slots whose products a tree sums, for each of alpha
// columns. weight(slot, column), of rows * beta slots and columns * alpha columns, shifts in from the top in `rows`
// cycles; block(slot, step) enters from the left; result(column, step, sum) leaves at the bottom. Returns the cycles
// until the last sum has left.
inline std::uint64_t run_weight_stationary(int rows, int columns, int alpha, int beta, int steps,
                                           const std::function<SparseWeight(int slot, int column)>& weight,
                                           const std::function<Block(int slot, int step)>& block,
                                           const std::function<void(int column, int step, std::int64_t sum)>& result) {
    const int all_columns = columns * alpha;
    Grid<std::vector<SparseWeight>> held(rows, all_columns, {});
    std::uint64_t cycles = 0;
    for (; cycles < std::uint64_t(rows); ++cycles) {
        for (int r = rows - 1; r > 0; --r)
            for (int c = 0; c < all_columns; ++c)
                held.at(r, c) = held.at(r - 1, c);
        const int entering = rows - 1 - int(cycles);
        for (int c = 0; c < all_columns; ++c) {
            held.at(0, c).clear();
            for (int b = 0; b < beta; ++b)
                held.at(0, c).push_back(weight(entering * beta + b, c));
        }
    }
    Grid<Moving<std::vector<Block>>> activations(rows, columns, {});
    Grid<Moving<std::int64_t>> sums(rows, all_columns, {});
    for (int cycle = 0;; ++cycle, ++cycles) {
        for (int r = rows - 1; r >= 0; --r)
            for (int c = columns - 1; c >= 0; --c) {
                Moving<std::vector<Block>>& x = activations.at(r, c);
                if (c > 0) {
                    x = activations.at(r, c - 1);
                } else {
                    const int step = cycle - r;
                    x = {step >= 0 && step < steps ? step : -1, {}};
                    for (int b = 0; b < beta && x.step >= 0; ++b)
                        x.value.push_back(block(r * beta + b, step));
                }
                for (int a = 0; a < alpha; ++a) {
                    const int column = c * alpha + a;
                    const Moving<std::int64_t> above = r > 0 ? sums.at(r - 1, column) : Moving<std::int64_t>{x.step, 0};
                    if (above.step != x.step)
                        throw std::logic_error("a partial sum meets the activations of another step");
                    Moving<std::int64_t>& sum = sums.at(r, column);
                    sum = above;
                    for (int b = 0; b < beta && x.step >= 0; ++b) {
                        const SparseWeight& w = held.at(r, column)[std::size_t(b)];
                        sum.value += std::int64_t(w.value) * x.value[std::size_t(b)][std::size_t(w.index)];
                    }
                    if (r == rows - 1 && sum.step >= 0)
                        result(column, sum.step, sum.value);
                }
            }
        if (sums.at(rows - 1, all_columns - 1).step == steps - 1)
            return cycles + 1;
    }
}

}  // namespace nonzero::oracle::systolic
