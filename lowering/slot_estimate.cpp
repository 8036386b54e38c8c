#include "lowering/slot_estimate.h"

#include <algorithm>

#include "models/engine/job_recurrence.h"

namespace nonzero::scnn {

SlotEstimate::SlotEstimate(const Geometry& geometry, const Operands& weights, const ScnnParameters& parameters)
    : geometry_(geometry), parameters_(parameters), parts_(geometry.fully_connected ? std::size_t(geometry.pes()) : 1) {
    const auto channels = std::size_t(geometry.channels_per_convolution_group());
    weight_vectors_.resize(geometry.channel_groups.size() * channels * parts_);
    std::vector<std::uint32_t> non_zeros(channels);
    for (std::size_t group = 0; group < geometry.channel_groups.size(); ++group) {
        for (std::size_t part = 0; part < parts_; ++part) {
            const pe_array::ChannelGroup own = geometry.group_of(int(group), int(part));
            std::ranges::fill(non_zeros, 0U);
            for (int k = own.k_begin; k < own.k_begin + own.k_count; ++k) {
                const std::int16_t* const filter = weights.data.data() + std::size_t(k) * channels;
                for (std::size_t c = 0; c < channels; ++c) {
                    non_zeros[c] += filter[c] != 0;
                }
            }
            for (std::size_t c = 0; c < channels; ++c) {
                weight_vectors_[(group * channels + c) * parts_ + part] =
                    vectors(non_zeros[c], std::uint32_t(own.k_count), parameters.weights, parameters.f);
            }
        }
    }
}

std::uint32_t SlotEstimate::vectors(std::uint32_t non_zeros, std::uint32_t elements, OperandStorage storage,
                                    int lanes) const {
    const std::uint32_t stored = storage == OperandStorage::dense ? elements : non_zeros;
    return (stored + std::uint32_t(lanes) - 1) / std::uint32_t(lanes);
}

std::vector<std::uint32_t> SlotEstimate::activation_vectors(const Operands& input) const {
    const auto pes = std::size_t(geometry_.pes());
    std::vector<std::uint32_t> found(std::size_t(geometry_.shape.C) * pes);
    for (std::size_t c = 0; c < std::size_t(geometry_.shape.C); ++c) {
        for (std::size_t pe = 0; pe < pes; ++pe) {
            if (geometry_.fully_connected) {
                found[c * pes + pe] = vectors(input.data[c] != 0, 1, parameters_.activations, 1);
                continue;
            }
            const Range rows = geometry_.row_of(int(pe)).tile;
            const Range columns = geometry_.column_of(int(pe)).tile;
            std::uint32_t non_zeros = 0;
            for (int y = rows.begin; y < rows.end; ++y) {
                for (int x = columns.begin; x < columns.end; ++x) {
                    non_zeros += input.at(c, std::size_t(y), std::size_t(x)) != 0;
                }
            }
            found[c * pes + pe] =
                vectors(non_zeros, std::uint32_t(rows.size() * columns.size()), parameters_.activations, parameters_.i);
        }
    }
    return found;
}

Cycles SlotEstimate::cycles(const Operands& input) const {
    const std::vector<std::uint32_t> of_activations = activation_vectors(input);
    const auto pes = std::size_t(geometry_.pes());
    const auto channels = std::size_t(geometry_.channels_per_convolution_group());
    JobRecurrence recurrence;
    std::vector<std::uint32_t> slots(pes);
    for (std::size_t group = 0; group < geometry_.channel_groups.size(); ++group) {
        const pe_array::ChannelGroup& outputs = geometry_.channel_groups[group];
        std::ranges::fill(slots, 0U);
        for (std::size_t c = 0; c < channels; ++c) {
            const std::uint32_t* const of_weights = weight_vectors_.data() + (group * channels + c) * parts_;
            const std::uint32_t* const of_channel =
                of_activations.data() + (std::size_t(outputs.convolution_group) * channels + c) * pes;
            for (std::size_t pe = 0; pe < pes; ++pe) {
                slots[pe] += of_channel[pe] * of_weights[parts_ == 1 ? 0 : pe];
            }
        }
        recurrence.start(0);
        recurrence.compute(*std::ranges::max_element(slots));
        recurrence.drain(Cycles(outputs.k_count) * Cycles(geometry_.largest_owned()));
    }
    return recurrence.finish();
}

}  // namespace nonzero::scnn
