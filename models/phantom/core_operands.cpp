#include "models/phantom/core_operands.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>

namespace nonzero::phantom {

namespace {

// Element first + n * stride of the input for window at + n of a row, `count` of them.
void append_run(const MaskedTensor& input, std::size_t first, std::size_t stride, std::size_t count, std::size_t row,
                std::size_t at, MovingOperand& moving) {
    const auto append_values = [&](std::size_t begin, std::size_t end) {
        if (input.has_values()) {
            const auto values = input.values();
            moving.values.insert(moving.values.end(), values.begin() + std::ptrdiff_t(begin),
                                 values.begin() + std::ptrdiff_t(end));
        }
    };
    if (stride == 1) {
        for (std::size_t n = 0; n < count; n += kWordBits) {
            moving.masks.put(row, at + n, input.bits(first + n, std::min<std::size_t>(kWordBits, count - n)));
        }
        append_values(input.rank(first), input.rank(first + count));
        return;
    }
    for (std::size_t n = 0; n < count; ++n) {
        const std::size_t element = first + n * stride;
        if (input.at(element)) {
            moving.masks.set(row, at + n);
            const std::size_t place = input.rank(element);
            append_values(place, place + 1);
        }
    }
}

// Outputs of an output row whose input column is inside the plane.
Range outputs_inside(const DilatedShape& shape, int s, const Range& outputs) {
    const int shift = shape.pad_left - s * shape.dilation_x;  // column = q * stride - shift
    const int first = shift <= 0 ? 0 : (shift + shape.stride_x - 1) / shape.stride_x;
    const int last = shape.W - 1 + shift;
    const int end = last < 0 ? 0 : last / shape.stride_x + 1;
    const std::size_t begin = std::max(outputs.begin, std::size_t(first));
    return {begin, std::max(begin, std::min(outputs.end, std::size_t(end)))};
}

int input_row(const DilatedShape& shape, std::size_t p, int r) {
    return int(p) * shape.stride_y + r * shape.dilation_y - shape.pad_top;
}

// The outputs of row p whose window is outputs.begin - at.
void append_output_row(const Geometry& geometry, const MaskedTensor& input, std::size_t channel, std::size_t p,
                       const Range& outputs, const Tap& tap, std::size_t row, std::size_t at, MovingOperand& moving) {
    const DilatedShape& shape = geometry.shape();
    const int y = input_row(shape, p, tap.r);
    const Range inside = outputs_inside(shape, tap.s, outputs);
    if (y < 0 || y >= shape.H || inside.size() == 0) {
        return;
    }
    const std::size_t line =
        ((channel + std::size_t(tap.channel)) * std::size_t(shape.H) + std::size_t(y)) * std::size_t(shape.W);
    const int column = int(inside.begin) * shape.stride_x + tap.s * shape.dilation_x - shape.pad_left;
    append_run(input, line + std::size_t(column), std::size_t(shape.stride_x), inside.size(), row,
               at + inside.begin - outputs.begin, moving);
}

void append_tap(const Geometry& geometry, const MaskedTensor& input, std::size_t channel, const Range& part,
                const Tap& tap, std::size_t row, MovingOperand& moving) {
    const auto Q = std::size_t(geometry.shape().Q);
    if (geometry.mapping() != Mapping::pointwise) {
        append_output_row(geometry, input, channel, part.begin + std::size_t(tap.row), {0, Q}, tap, row, 0, moving);
        return;
    }
    for (std::size_t place = part.begin; place < part.end;) {
        const std::size_t p = place / Q;
        const std::size_t end = std::min((p + 1) * Q, part.end);
        append_output_row(geometry, input, channel, p, {place - p * Q, end - p * Q}, tap, row, place - part.begin,
                          moving);
        place = end;
    }
}

}  // namespace

StationaryOperand arrange_filter(const Geometry& geometry, const MaskedTensor& filter) {
    const DilatedShape& shape = geometry.shape();
    StationaryOperand stationary;
    stationary.masks.resize(geometry.planes({0, 1}));
    for (std::size_t plane = 0; plane < stationary.masks.size(); ++plane) {
        for (int n = 0; n < kPlaneTaps; ++n) {
            const Tap tap = geometry.tap(plane, n);
            const std::size_t element =
                (std::size_t(tap.channel) * std::size_t(shape.KH) + std::size_t(tap.r)) * std::size_t(shape.KW) +
                std::size_t(tap.s);
            if (tap.inside && filter.at(element)) {
                stationary.masks[plane] |= std::uint16_t(1U << n);
                if (filter.has_values()) {
                    stationary.values.push_back(filter.values()[filter.rank(element)]);
                }
            }
        }
    }
    return stationary;
}

MovingOperand arrange_inputs(const Geometry& geometry, const MaskedTensor& input, std::size_t channel,
                             const Range& part) {
    const std::size_t planes = geometry.planes(part);
    MovingOperand moving;
    moving.masks = BitRows(planes * kPlaneTaps, geometry.windows(part));
    for (std::size_t row = 0; row < planes * kPlaneTaps; ++row) {
        moving.first.push_back(moving.values.size());
        const Tap tap = geometry.tap(row / kPlaneTaps, int(row % kPlaneTaps));
        if (tap.inside) {
            append_tap(geometry, input, channel, part, tap, row, moving);
        }
    }
    return moving;
}

bool keeps_inputs(const Geometry& geometry) {
    const Range part = geometry.part(0, 0);
    const std::size_t parts =
        geometry.row_tiles() * std::size_t(geometry.rows()) * std::size_t(geometry.shape().groups);
    const std::size_t values = geometry.planes(part) * kPlaneTaps * geometry.windows(part) * parts;
    return geometry.lanes_of_set() > 1 && geometry.mapping() != Mapping::depthwise && values <= kKeptValues;
}

InputElements inputs_read(const Geometry& geometry, const MaskedTensor& input, std::size_t channel, const Range& part) {
    const DilatedShape& shape = geometry.shape();
    const auto W = std::size_t(shape.W);
    const auto channels = std::size_t(geometry.channels_per_group());
    InputElements elements;
    const auto add = [&](std::size_t begin, std::size_t end) {
        elements.all += end - begin;
        elements.non_zeros += input.non_zeros(begin, end);
    };
    if (geometry.mapping() == Mapping::pointwise) {
        const auto Q = std::size_t(shape.Q);
        for (std::size_t place = part.begin; place < part.end; ++place) {
            const int y = input_row(shape, place / Q, 0);
            const int x = int(place % Q) * shape.stride_x - shape.pad_left;
            for (std::size_t c = 0; y >= 0 && y < shape.H && x >= 0 && x < shape.W && c < channels; ++c) {
                const std::size_t at = ((channel + c) * std::size_t(shape.H) + std::size_t(y)) * W + std::size_t(x);
                add(at, at + 1);
            }
        }
        return elements;
    }
    std::vector<int> rows;
    for (std::size_t p = part.begin; p < part.end; ++p) {
        for (int r = 0; r < shape.KH; ++r) {
            if (const int y = input_row(shape, p, r); y >= 0 && y < shape.H) {
                rows.push_back(y);
            }
        }
    }
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (std::size_t c = 0; c < channels; ++c) {
        for (const int y : rows) {
            const std::size_t line = ((channel + c) * std::size_t(shape.H) + std::size_t(y)) * W;
            add(line, line + W);
        }
    }
    return elements;
}

StationaryOperand arrange_input_vector(const Geometry& geometry, const MaskedTensor& input) {
    StationaryOperand stationary;
    stationary.masks.resize(geometry.planes({}));
    for (std::size_t channel = 0; channel < input.elements(); ++channel) {
        if (input.at(channel)) {
            stationary.masks[channel / kPlaneTaps] |= std::uint16_t(1U << channel % kPlaneTaps);
        }
    }
    stationary.values.assign(input.values().begin(), input.values().end());
    return stationary;
}

MovingOperand arrange_neurons(const Geometry& geometry, std::span<const MaskedTensor* const> neurons) {
    const std::size_t rows = geometry.planes({}) * kPlaneTaps;
    const auto channels = std::size_t(geometry.channels_per_group());
    MovingOperand moving;
    moving.masks = BitRows(rows, neurons.size());
    std::vector<std::size_t> next(neurons.size());  // value of each neuron
    for (std::size_t row = 0; row < rows; ++row) {
        moving.first.push_back(moving.values.size());
        for (std::size_t n = 0; row < channels && n < neurons.size(); ++n) {
            if (neurons[n]->at(row)) {
                moving.masks.set(row, n);
                if (neurons[n]->has_values()) {
                    moving.values.push_back(neurons[n]->values()[next[n]++]);
                }
            }
        }
    }
    return moving;
}

PlaneBits dense_planes(const Geometry& geometry, std::size_t planes) {
    PlaneBits bits(planes);
    for (std::size_t plane = 0; plane < planes; ++plane) {
        for (int tap = 0; tap < kPlaneTaps; ++tap) {
            bits[plane] |= std::uint16_t(geometry.tap(plane, tap).inside << tap);
        }
    }
    return bits;
}

BitRows dense_windows(const Geometry& geometry, std::size_t planes, std::size_t windows) {
    BitRows bits(planes * kPlaneTaps, windows);
    for (std::size_t row = 0; row < planes * kPlaneTaps; ++row) {
        for (std::size_t x = 0; x < windows && geometry.tap(row / kPlaneTaps, int(row % kPlaneTaps)).inside; ++x) {
            bits.set(row, x);
        }
    }
    return bits;
}

namespace {

// Of an operand that one filter meets: value by value.
std::uint64_t multiply_packed(const Geometry& geometry, const StationaryOperand& stationary,
                              const MovingOperand& moving, std::size_t planes, std::size_t windows,
                              std::span<std::int64_t> sums) {
    const std::size_t repeated = stationary.masks.size();
    std::uint64_t products = 0;
    std::size_t value = 0;
    for (std::size_t plane = 0; plane < planes; ++plane) {
        if (plane % repeated == 0) {
            value = 0;
        }
        const std::size_t strip_row = geometry.mapping() == Mapping::depthwise ? plane / repeated : 0;
        for (unsigned taps = stationary.masks[plane % repeated]; taps != 0; taps &= taps - 1) {
            const std::size_t row = plane * kPlaneTaps + std::size_t(std::countr_zero(taps));
            const std::uint64_t* const mask = moving.masks.row(row);
            if (sums.empty()) {
                products += bits_in(mask, moving.masks.words());
                continue;
            }
            const std::int64_t stays = stationary.values[value++];
            const std::int16_t* const first = moving.values.data() + moving.first[row];
            const std::int16_t* next = first;
            for (std::size_t word = 0; word < moving.masks.words(); ++word) {
                std::int64_t* const to = sums.data() + strip_row * windows + word * kWordBits;
                for (std::uint64_t bits = mask[word]; bits != 0; bits &= bits - 1) {
                    to[std::countr_zero(bits)] += stays * *next++;
                }
            }
            products += std::uint64_t(next - first);
        }
    }
    return products;
}

PairedWeights pair_weights(const StationaryOperand& stationary) {
    PairedWeights paired;
    const std::int16_t* value = stationary.values.data();
    for (std::size_t plane = 0; plane < stationary.masks.size(); ++plane) {
        for (unsigned taps = stationary.masks[plane]; taps != 0; taps &= taps - 1) {
            const std::size_t row = plane * kPlaneTaps + std::size_t(std::countr_zero(taps));
            const auto pair = std::uint32_t(row / 2);
            if (paired.pairs.empty() || paired.pairs.back().pair != pair) {
                paired.pairs.push_back({pair, {}});
            }
            paired.pairs.back().weights[row % 2] = *value;
            paired.magnitude += std::abs(int(*value++));
        }
    }
    return paired;
}

}  // namespace

std::size_t StationaryOperand::count() const {
    return set_bits.get([this] {
        std::size_t bits = 0;
        for (const std::uint16_t mask : masks) {
            bits += std::size_t(std::popcount(mask));
        }
        return bits;
    });
}

std::size_t MovingOperand::count() const {
    return set_bits.get([this] { return bits_in(masks.row(0), first.size() * masks.words()); });
}

ExpandedRows::ExpandedRows(const MovingOperand& operand) {
    const std::size_t rows = operand.first.size();
    const std::size_t words = operand.masks.words();
    non_zeros_.resize(rows);
    stride_ = operand.values.empty() ? 0 : words * kWordBits;
    if (stride_ != 0) {
        // Rows of a word need not be whole words of values.
        std::uint64_t met = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            met |= operand.masks.row(row)[words - 1];
        }
        stride_ -= std::size_t(std::countl_zero(met)) / kRowBlock * kRowBlock;
    }
    values_.assign((rows + rows % 2) * stride_, 0);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::uint64_t* const mask = operand.masks.row(row);
        non_zeros_[row] = std::uint32_t(bits_in(mask, words));
        if (stride_ == 0) {
            continue;
        }
        const std::int16_t* next = operand.values.data() + operand.first[row];
        for (std::size_t word = 0; word < words; ++word) {
            std::int16_t* const to = values_.data() + row / 2 * 2 * stride_ + 2 * word * kWordBits + row % 2;
            for (std::uint64_t bits = mask[word]; bits != 0; bits &= bits - 1) {
                to[2 * std::countr_zero(bits)] = *next++;
            }
        }
    }
    for (const std::int16_t value : operand.values) {
        largest_ = std::max<std::int64_t>(largest_, std::abs(int(value)));
    }
}

std::uint64_t multiply(const Geometry& geometry, const StationaryOperand& stationary, const MovingOperand& moving,
                       std::size_t planes, std::size_t windows, std::span<std::int64_t> sums) {
    const bool shared = geometry.mapping() == Mapping::convolution || geometry.mapping() == Mapping::pointwise;
    if (!shared || stationary.masks.size() != planes) {
        return multiply_packed(geometry, stationary, moving, planes, windows, sums);
    }
    const ExpandedRows& rows = moving.expanded.get([&] { return ExpandedRows(moving); });
    if (!sums.empty() && rows.stride() != 0) {
        const PairedWeights& weights = stationary.paired.get([&] { return pair_weights(stationary); });
        // Sums that hold every partial sum, whatever the order: 32 bits do.
        if (weights.magnitude * rows.largest() > std::numeric_limits<std::int32_t>::max()) {
            return multiply_packed(geometry, stationary, moving, planes, windows, sums);
        }
        std::vector<std::int32_t> narrow(rows.stride());
        add_row_pairs(weights.pairs, rows.values(), narrow.size(), narrow.data());
        for (std::size_t window = 0; window < std::min(windows, narrow.size()); ++window) {
            sums[window] += narrow[window];
        }
    }
    std::uint64_t products = 0;
    for (std::size_t plane = 0; plane < planes; ++plane) {
        const std::uint32_t* const non_zeros = rows.non_zeros() + plane * kPlaneTaps;
        for (std::size_t tap = 0; tap < kPlaneTaps; ++tap) {
            products += non_zeros[tap] & -std::uint32_t(stationary.masks[plane] >> tap & 1U);
        }
    }
    return products;
}

}  // namespace nonzero::phantom
