#include "tests/models/scnn/literal_model.h"

#include <algorithm>

namespace nonzero::scnn::literal {

Queues::Queues(int banks, int depth, bool single_write)
    : depth_(depth), single_write_(single_write), held_(std::size_t(banks), 0), pointer_(std::size_t(banks), 0) {}

Cycles Queues::issue(const std::vector<int>& products) {
    std::vector<bool> pending(products.size(), true);
    std::size_t left = products.size();
    Cycles cycles = 0;
    do {
        retire();
        if (single_write_) {
            for (std::size_t bank = 0; bank < held_.size(); ++bank) {
                if (held_[bank] >= depth_) {
                    continue;
                }
                for (std::size_t n = 0; n < products.size(); ++n) {
                    const std::size_t source = (pointer_[bank] + n) % products.size();
                    if (pending[source] && products[source] == int(bank)) {
                        pending[source] = false;
                        pointer_[bank] = source + 1;
                        ++held_[bank];
                        --left;
                        break;
                    }
                }
            }
        } else {
            for (std::size_t n = 0; n < products.size(); ++n) {
                int& held = held_[std::size_t(products[n])];
                if (pending[n] && held < depth_) {
                    pending[n] = false;
                    ++held;
                    --left;
                }
            }
        }
        ++cycles;
        peak_ = std::max(peak_, fullest());
    } while (left > 0);
    return cycles;
}

void Queues::retire() {
    for (int& held : held_) {
        held -= held > 0 ? 1 : 0;
    }
}

int Queues::fullest() const {
    return *std::max_element(held_.begin(), held_.end());
}

void Queues::clear() {
    std::fill(held_.begin(), held_.end(), 0);
    peak_ = 0;
}

int ceil_ratio(int a, int b) {
    int ratio = 0;
    while (ratio * b < a) {
        ++ratio;
    }
    return ratio;
}

Range part(int n, int parts, int index) {
    return {index * n / parts, (index + 1) * n / parts};
}

Axis rows_of(const ConvolutionShape& shape) {
    return {shape.H, shape.P, shape.KH, shape.stride_y, shape.pad_top};
}

Axis columns_of(const ConvolutionShape& shape) {
    return {shape.W, shape.Q, shape.KW, shape.stride_x, shape.pad_left};
}

std::vector<int> reached(const Axis& axis, Range tile) {
    std::vector<int> outputs;
    for (int output = 0; output < axis.outputs; ++output) {
        bool reaches = false;
        for (int tap = 0; tap < axis.kernel; ++tap) {
            reaches = reaches || tile.contains(output * axis.stride + tap - axis.pad);
        }
        if (reaches) {
            outputs.push_back(output);
        }
    }
    return outputs;
}

int footprint(const Axis& axis, int parts) {
    return std::min(axis.outputs, ceil_ratio(ceil_ratio(axis.inputs, parts) + axis.kernel - 1, axis.stride));
}

int BankOf::operator()(int k, int k_base, int yo, int yo_min, int xo, int xo_min) const {
    const auto bit = [](int value, int n) { return value >> n & 1; };
    const int local_k = k - k_base;
    const int local_y = yo - yo_min;
    const int local_x = xo - xo_min;
    std::int64_t number = 0;
    switch (hash) {
        case BankHash::h1:
            number = (bit(k, 2) ^ bit(xo, 1) ^ bit(yo, 1)) << 4 | bit(xo, 0) << 3 | bit(yo, 0) << 2 | bit(k, 1) << 1 |
                     bit(k, 0);
            break;
        case BankHash::h2:
            number = (std::int64_t(local_k) * footprint_rows + local_y) * footprint_columns + local_x;
            break;
        case BankHash::h3:
            number = std::int64_t(local_k) * 373 * 373 + local_y * 373 + local_x;
            break;
        case BankHash::h4:
            number = local_x + 3 * local_y;
            break;
    }
    return int(number % banks);
}

BankOf bank_of(const ConvolutionShape& shape, const ScnnParameters& parameters) {
    return {parameters.bank_hash, parameters.accumulator_banks, footprint(rows_of(shape), parameters.pe_rows),
            footprint(columns_of(shape), parameters.pe_columns)};
}

std::vector<Entry> store(const std::vector<std::int16_t>& dense, bool placeholders) {
    std::vector<Entry> entries;
    const auto last = std::find_if(dense.rbegin(), dense.rend(), [](std::int16_t value) { return value != 0; });
    const auto end = std::size_t(std::distance(dense.begin(), last.base()));
    int zeros = 0;
    for (std::size_t index = 0; index < end; ++index) {
        if (dense[index] != 0) {
            entries.push_back({index, dense[index]});
            zeros = 0;
        } else if (++zeros == 16 && placeholders) {
            entries.push_back({index, 0});
            zeros = 0;
        }
    }
    return entries;
}

namespace {

// Positions of one block: activations of a tile or taps with their channels.
struct Activation {
    int y;
    int x;
    std::int16_t value;
};
struct Weight {
    int kh;
    int kw;
    int k;
    std::int16_t value;
};

std::vector<Activation> activation_block(const Problem& problem, int pe, int channel, int phase_y, int phase_x) {
    const ConvolutionShape& s = problem.shape;
    const ScnnParameters& p = problem.parameters;
    const Range rows = part(s.H, p.pe_rows, pe / p.pe_columns);
    const Range columns = part(s.W, p.pe_columns, pe % p.pe_columns);
    std::vector<Activation> places;
    std::vector<std::int16_t> dense;
    for (int y = rows.begin; y < rows.end; ++y) {
        for (int x = columns.begin; x < columns.end; ++x) {
            if ((y + s.pad_top) % s.stride_y == phase_y && (x + s.pad_left) % s.stride_x == phase_x) {
                dense.push_back(problem.input.at(std::size_t(channel), std::size_t(y), std::size_t(x)));
                places.push_back({y, x, 0});
            }
        }
    }
    std::vector<Activation> block;
    for (const Entry& entry : store(dense, p.placeholders)) {
        block.push_back({places[entry.index].y, places[entry.index].x, entry.value});
    }
    return block;
}

std::vector<Weight> weight_block(const Problem& problem, const pe_array::ChannelGroup& group, int local_channel,
                                 int phase_y, int phase_x) {
    const ConvolutionShape& s = problem.shape;
    std::vector<Weight> places;
    std::vector<std::int16_t> dense;
    for (int kh = 0; kh < s.KH; ++kh) {
        for (int kw = 0; kw < s.KW; ++kw) {
            if (kh % s.stride_y != phase_y || kw % s.stride_x != phase_x) {
                continue;
            }
            for (int k = group.k_begin; k < group.k_begin + group.k_count; ++k) {
                dense.push_back(
                    problem.weights.at(std::size_t(k), std::size_t(local_channel), std::size_t(kh), std::size_t(kw)));
                places.push_back({kh, kw, k, 0});
            }
        }
    }
    std::vector<Weight> block;
    for (const Entry& entry : store(dense, problem.parameters.placeholders)) {
        const Weight& place = places[entry.index];
        block.push_back({place.kh, place.kw, place.k, entry.value});
    }
    return block;
}

template <class Item>
std::vector<std::vector<Item>> vectors_of(const std::vector<Item>& block, int length) {
    std::vector<std::vector<Item>> vectors;
    for (std::size_t n = 0; n < block.size(); n += std::size_t(length)) {
        vectors.emplace_back(block.begin() + std::ptrdiff_t(n),
                             block.begin() + std::ptrdiff_t(std::min(block.size(), n + std::size_t(length))));
    }
    return vectors;
}

}  // namespace

GroupWork work_group(const Problem& problem, int pe, const pe_array::ChannelGroup& group) {
    const ConvolutionShape& s = problem.shape;
    const ScnnParameters& p = problem.parameters;
    const BankOf bank = bank_of(s, p);
    const std::vector<int> rows = reached(rows_of(s), part(s.H, p.pe_rows, pe / p.pe_columns));
    const std::vector<int> columns = reached(columns_of(s), part(s.W, p.pe_columns, pe % p.pe_columns));
    Queues queues(p.accumulator_banks, p.queue_depth, p.crossbar_write == CrossbarWrite::single);
    GroupWork work;
    SlotCounts& counts = work.counts;
    const int channels = s.C / s.groups;
    for (int local = 0; local < channels; ++local) {
        for (int phase_y = 0; phase_y < s.stride_y; ++phase_y) {
            for (int phase_x = 0; phase_x < s.stride_x; ++phase_x) {
                const int channel = group.convolution_group * channels + local;
                const auto activations = vectors_of(activation_block(problem, pe, channel, phase_y, phase_x), p.i);
                const auto weights = vectors_of(weight_block(problem, group, local, phase_y, phase_x), p.f);
                for (const auto& activation_vector : activations) {
                    if (!weights.empty()) {
                        ++counts.activation_vectors;
                    }
                    for (const auto& weight_vector : weights) {
                        ++counts.weight_vectors;
                        const auto lanes = std::uint64_t(p.f);
                        counts.unused_activation_lanes += (std::uint64_t(p.i) - activation_vector.size()) * lanes;
                        counts.unused_weight_lanes += activation_vector.size() * (lanes - weight_vector.size());
                        std::vector<int> products;
                        for (const Activation& a : activation_vector) {
                            for (const Weight& w : weight_vector) {
                                if (a.value == 0 || w.value == 0) {
                                    ++counts.placeholder;
                                    continue;
                                }
                                ++counts.products;
                                const int yo = (a.y + s.pad_top - w.kh) / s.stride_y;
                                const int xo = (a.x + s.pad_left - w.kw) / s.stride_x;
                                const bool below = a.y + s.pad_top < w.kh || a.x + s.pad_left < w.kw;
                                if (below || yo >= s.P || xo >= s.Q) {
                                    ++counts.dropped;
                                    continue;
                                }
                                ++counts.kept;
                                products.push_back(bank(w.k, group.k_begin, yo, rows.front(), xo, columns.front()));
                                work.sums[{w.k, yo, xo}] += std::int64_t(a.value) * w.value;
                            }
                        }
                        ++(products.empty() ? counts.void_slots : counts.busy);
                        if (!p.queue_infinite) {
                            counts.conflict += queues.issue(products) - 1;
                        }
                    }
                }
            }
        }
    }
    counts.queue_peak = std::uint64_t(queues.peak());
    while (!queues.empty()) {
        queues.retire();
        ++counts.bank_drain;
    }
    return work;
}

}  // namespace nonzero::scnn::literal
