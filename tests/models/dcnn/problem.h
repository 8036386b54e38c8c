#pragma once
// A random layer for the dense machine with what the rules say of it, element by element: nothing here is shared with
// the model but its structs.

#include <set>
#include <vector>

#include "models/dcnn/geometry.h"
#include "models/dcnn/slot_counts.h"
#include "tests/models/common/random_convolution.h"

namespace nonzero::dcnn {

struct Part {
    int begin;
    int end;
    int size() const { return end - begin; }
};

inline Part part(int n, int parts, int index) {
    return {int(std::int64_t{index} * n / parts), int((std::int64_t{index} + 1) * n / parts)};
}

struct Problem {
    DcnnParameters parameters;
    ConvolutionShape shape;
    Operands input;
    Operands weights;

    // A single position: neurons instead of a plane (10.4).
    bool fully_connected() const {
        return shape.H == 1 && shape.W == 1 && shape.P == 1 && shape.Q == 1 && shape.KH == 1 && shape.KW == 1 &&
               shape.pad_top == 0 && shape.pad_left == 0 && shape.groups == 1;
    }
    int pes() const { return parameters.pe_rows * parameters.pe_columns; }
    Part rows(int pe) const {
        return fully_connected() ? Part{0, 1} : part(shape.P, parameters.pe_rows, pe / parameters.pe_columns);
    }
    Part columns(int pe) const {
        return fully_connected() ? Part{0, 1} : part(shape.Q, parameters.pe_columns, pe % parameters.pe_columns);
    }
    int outputs(int pe) const { return rows(pe).size() * columns(pe).size(); }
    // Global output channels of a group.
    std::vector<int> channels(int pe, const pe_array::ChannelGroup& group) const {
        const Part own = fully_connected() ? part(shape.K, pes(), pe) : Part{0, shape.K};
        std::vector<int> list;
        for (int k = own.begin + group.k_begin; k < own.begin + group.k_begin + group.k_count && k < own.end; ++k) {
            list.push_back(k);
        }
        return list;
    }
    bool inside(int y, int x) const { return y >= 0 && y < shape.H && x >= 0 && x < shape.W; }

    // The inputs that the PE's outputs need, inside the plane: channels x rows x columns.
    std::vector<std::int16_t> held(int pe) const {
        std::set<int> ys;
        std::set<int> xs;
        for (int yo = rows(pe).begin; yo < rows(pe).end; ++yo) {
            for (int kh = 0; kh < shape.KH; ++kh) {
                ys.insert(yo * shape.stride_y + kh - shape.pad_top);
            }
        }
        for (int xo = columns(pe).begin; xo < columns(pe).end; ++xo) {
            for (int kw = 0; kw < shape.KW; ++kw) {
                xs.insert(xo * shape.stride_x + kw - shape.pad_left);
            }
        }
        // Rows between two kernels are held as well.
        std::vector<std::int16_t> values;
        for (int c = 0; c < shape.C && !ys.empty() && !xs.empty(); ++c) {
            for (int y = *ys.begin(); y <= *ys.rbegin(); ++y) {
                for (int x = *xs.begin(); x <= *xs.rbegin(); ++x) {
                    if (inside(y, x)) {
                        values.push_back(input.at(std::size_t(c), std::size_t(y), std::size_t(x)));
                    }
                }
            }
        }
        return values;
    }

    std::int64_t sum(int k, int yo, int xo) const {
        std::int64_t total = 0;
        for_each_tap(k, yo, xo, [&](bool, std::int64_t a, std::int64_t w) { total += a * w; });
        return total;
    }
    // Calls tap(inside the plane, activation, weight).
    template <class Tap>
    void for_each_tap(int k, int yo, int xo, Tap tap) const {
        const int channels = shape.C / shape.groups;
        const int first = k / (shape.K / shape.groups) * channels;
        for (int c = 0; c < channels; ++c) {
            for (int kh = 0; kh < shape.KH; ++kh) {
                for (int kw = 0; kw < shape.KW; ++kw) {
                    const int y = yo * shape.stride_y + kh - shape.pad_top;
                    const int x = xo * shape.stride_x + kw - shape.pad_left;
                    const bool within = inside(y, x);
                    tap(within, within ? input.at(std::size_t(first + c), std::size_t(y), std::size_t(x)) : 0,
                        weights.at(std::size_t(k), std::size_t(c), std::size_t(kh), std::size_t(kw)));
                }
            }
        }
    }
    // [k][row][column]
    std::vector<std::int64_t> sums(int pe, const pe_array::ChannelGroup& group) const {
        std::vector<std::int64_t> values;
        for (const int k : channels(pe, group)) {
            for (int yo = rows(pe).begin; yo < rows(pe).end; ++yo) {
                for (int xo = columns(pe).begin; xo < columns(pe).end; ++xo) {
                    values.push_back(sum(k, yo, xo));
                }
            }
        }
        return values;
    }
    SlotCounts counts(int pe, const pe_array::ChannelGroup& group) const {
        SlotCounts counts;
        for (const int k : channels(pe, group)) {
            counts.activation_vectors = 0;  // fetched once for all output channels
            for (int yo = rows(pe).begin; yo < rows(pe).end; ++yo) {
                for (int xo = columns(pe).begin; xo < columns(pe).end; ++xo) {
                    std::uint64_t lanes = 0;
                    for_each_tap(k, yo, xo, [&](bool within, std::int64_t a, std::int64_t w) {
                        ++lanes;
                        ++(!within ? counts.padding : a != 0 && w != 0 ? counts.useful : counts.zero_operand);
                    });
                    counts.products += lanes;
                    for (; lanes % std::uint64_t(parameters.multipliers) != 0; ++lanes) {
                        ++counts.partial_lanes;
                    }
                    counts.slots += lanes / std::uint64_t(parameters.multipliers);
                    counts.activation_vectors += lanes / std::uint64_t(parameters.multipliers);
                }
            }
        }
        return counts;
    }
    // The weights of a group in memory: [k][channel][kernel row][column].
    std::vector<std::int16_t> rows_of(int pe, const pe_array::ChannelGroup& group) const {
        const auto taps = std::ptrdiff_t(weights.size() / std::size_t(shape.K));
        std::vector<std::int16_t> values;
        for (const int k : channels(pe, group)) {
            values.insert(values.end(), weights.data.begin() + k * taps, weights.data.begin() + (k + 1) * taps);
        }
        return values;
    }
    int largest_input() const {
        int largest = 0;
        for (const std::int16_t value : input.data) {
            largest = std::max(largest, std::abs(int{value}));
        }
        return largest;
    }
};

inline DcnnParameters random_machine() {
    DcnnParameters parameters;
    parameters.pe_rows = in_range(1, 8);
    parameters.pe_columns = in_range(1, 8);
    parameters.multipliers = in_range(1, 33);
    parameters.kc = in_range(1, 9);
    return parameters;
}

inline Problem random_problem(const DcnnParameters& parameters) {
    Problem problem;
    problem.parameters = parameters;
    if (in_range(0, 4) == 0) {
        problem.shape.C = in_range(1, 90);
        problem.shape.K = in_range(1, 100);
    } else {
        problem.shape = random_shape();
    }
    problem.input = random_input(problem.shape);
    problem.weights = random_weights(problem.shape);
    return problem;
}

inline bool same(const SlotCounts& a, const SlotCounts& b) {
    return a.slots == b.slots && a.products == b.products && a.useful == b.useful && a.zero_operand == b.zero_operand &&
           a.padding == b.padding && a.partial_lanes == b.partial_lanes && a.activation_vectors == b.activation_vectors;
}

}  // namespace nonzero::dcnn
