#include "models/phantom/layer_masks.h"

#include <bit>
#include <utility>

namespace nonzero::phantom {

LayerMasks::LayerMasks(const Geometry& geometry, BitRows input, BitRows weights, bool dense)
    : geometry_(geometry), input_(std::move(input)), weights_(std::move(weights)), dense_(dense) {}

std::uint64_t LayerMasks::non_zeros(std::size_t filter) const {
    const DilatedShape& shape = geometry_.shape();
    if (dense_) {
        return std::uint64_t(geometry_.channels_per_group()) * std::uint64_t(shape.KH) * std::uint64_t(shape.KW);
    }
    std::uint64_t count = 0;
    for (std::size_t word = 0; word < weights_.words(); ++word) {
        count += std::uint64_t(std::popcount(weights_.row(filter)[word]));
    }
    return count;
}

bool LayerMasks::weight(std::size_t filter, const Tap& tap) const {
    const DilatedShape& shape = geometry_.shape();
    const auto bit = (std::size_t(tap.channel) * std::size_t(shape.KH) + std::size_t(tap.r)) * std::size_t(shape.KW) +
                     std::size_t(tap.s);
    return tap.inside && (dense_ || weights_.at(filter, bit));
}

PlaneBits LayerMasks::weights_of(std::size_t filter, const Range& part) const {
    PlaneBits bits(geometry_.planes(part));
    for (std::size_t plane = 0; plane < bits.size(); ++plane) {
        for (int tap = 0; tap < kPlaneTaps; ++tap) {
            bits[plane] |= std::uint16_t(weight(filter, geometry_.tap(plane, tap)) << tap);
        }
    }
    return bits;
}

BitRows LayerMasks::inputs_of(std::size_t channel, const Range& part) const {
    const std::size_t planes = geometry_.planes(part);
    BitRows bits(planes * kPlaneTaps, geometry_.windows(part));
    for (std::size_t plane = 0; plane < planes; ++plane) {
        for (int tap = 0; tap < kPlaneTaps; ++tap) {
            const Tap read = geometry_.tap(plane, tap);
            if (read.inside) {
                read_inputs(channel, part, read, plane * kPlaneTaps + std::size_t(tap), bits);
            }
        }
    }
    return bits;
}

void LayerMasks::read_inputs(std::size_t channel, const Range& part, const Tap& tap, std::size_t row,
                             BitRows& bits) const {
    const DilatedShape& shape = geometry_.shape();
    const bool run = geometry_.mapping() == Mapping::pointwise;
    const auto Q = std::size_t(shape.Q);
    const std::size_t plane = (channel + std::size_t(tap.channel)) * std::size_t(shape.H);
    for (std::size_t window = 0; window < geometry_.windows(part); ++window) {
        const std::size_t place = part.begin + window;  // in a run
        const int p = int(run ? place / Q : part.begin + std::size_t(tap.row));
        const int q = int(run ? place % Q : window);
        const int y = p * shape.stride_y + tap.r * shape.dilation_y - shape.pad_top;
        const int x = q * shape.stride_x + tap.s * shape.dilation_x - shape.pad_left;
        const bool inside = y >= 0 && y < shape.H && x >= 0 && x < shape.W;
        if (dense_ || (inside && input_.at(plane + std::size_t(y), std::size_t(x)))) {
            bits.set(row, window);
        }
    }
}

PlaneBits LayerMasks::input_bits() const {
    PlaneBits bits(geometry_.planes({}));
    for (std::size_t plane = 0; plane < bits.size(); ++plane) {
        for (int tap = 0; tap < kPlaneTaps; ++tap) {
            const Tap read = geometry_.tap(plane, tap);
            const bool set = read.inside && (dense_ || input_.at(std::size_t(read.channel), 0));
            bits[plane] |= std::uint16_t(set << tap);
        }
    }
    return bits;
}

BitRows LayerMasks::weights_of_neurons(const std::vector<std::size_t>& neurons) const {
    const std::size_t planes = geometry_.planes({});
    BitRows bits(planes * kPlaneTaps, neurons.size());
    for (std::size_t plane = 0; plane < planes; ++plane) {
        for (int tap = 0; tap < kPlaneTaps; ++tap) {
            const Tap read = geometry_.tap(plane, tap);
            for (std::size_t n = 0; n < neurons.size(); ++n) {
                if (weight(neurons[n], read)) {
                    bits.set(plane * kPlaneTaps + std::size_t(tap), n);
                }
            }
        }
    }
    return bits;
}

}  // namespace nonzero::phantom
