#include "models/scnn/operand_blocks.h"

#include <algorithm>

#include "models/scnn/coordinate_computation.h"

namespace nonzero::scnn {

PhasePositions phase_positions(Range range, int pad, int stride, int phase) {
    PhasePositions positions;
    positions.stride = stride;
    // Smallest value >= range.begin with (value + pad) mod stride == phase.
    const int offset = ((phase - range.begin - pad) % stride + stride) % stride;
    positions.first = range.begin + offset;
    positions.count = positions.first < range.end ? (range.end - positions.first + stride - 1) / stride : 0;
    return positions;
}

PhaseKernel phase_kernel(const Geometry& geometry, int phase) {
    const ConvolutionShape& shape = geometry.shape;
    return {phase_positions({0, shape.KH}, 0, shape.stride_y, phase / shape.stride_x).count,
            phase_positions({0, shape.KW}, 0, shape.stride_x, phase % shape.stride_x).count};
}

ActivationBlock& ActivationBlocks::add_block(std::span<const std::uint32_t> places,
                                             const CoordinateComputation& coordinates, int phase,
                                             std::uint32_t length) {
    ActivationBlock block;
    block.begin = std::uint32_t(entries());
    block.entries = std::uint32_t(places.size());
    block.vectors = (block.entries + length - 1) / length;
    block.first_border_operand = std::uint32_t(border_places.size());
    block.first_border_vector = std::uint32_t(border_vectors.size());
    place_class.insert(place_class.end(), places.begin(), places.end());
    for (std::size_t first = 0; first < places.size(); first += length) {
        bool interior = false;
        for (const std::uint32_t place : places.subspan(first, std::min<std::size_t>(length, places.size() - first))) {
            if (place == CoordinateComputation::kVoid) {
                continue;
            }
            ++block.operands;
            if (coordinates.interior(phase, place)) {
                interior = true;
            } else {
                border_places.push_back(place);
            }
        }
        if (!interior) {
            border_vectors.push_back(std::uint32_t(block.begin + first));
        }
    }
    block.border_operands = std::uint32_t(border_places.size()) - block.first_border_operand;
    block.border_vectors = std::uint32_t(border_vectors.size()) - block.first_border_vector;
    blocks.push_back(block);
    return blocks.back();
}

SeriesShape activation_shape(const Geometry& geometry, int pe) {
    const ConvolutionShape& shape = geometry.shape;
    SeriesShape blocks{{}, std::size_t(shape.C)};
    for (int phase = 0; phase < geometry.phases(); ++phase) {
        const auto rows =
            phase_positions(geometry.row_of(pe).tile, shape.pad_top, shape.stride_y, phase / shape.stride_x).count;
        const auto columns =
            phase_positions(geometry.column_of(pe).tile, shape.pad_left, shape.stride_x, phase % shape.stride_x).count;
        blocks.sizes.push_back(std::size_t(rows) * std::size_t(columns));
    }
    return blocks;
}

SeriesShape weight_shape(const Geometry& geometry, const pe_array::ChannelGroup& group) {
    SeriesShape blocks{{}, std::size_t(geometry.channels_per_convolution_group())};
    for (int phase = 0; phase < geometry.phases(); ++phase) {
        blocks.sizes.push_back(std::size_t(phase_kernel(geometry, phase).taps()) * std::size_t(group.k_count));
    }
    return blocks;
}

SeriesShape line_part_shape(int length, int parts, int part) {
    return {{std::size_t(balanced_part(length, parts, part).size())}, 1};
}

SeriesShape neuron_shape(const Geometry& geometry, const pe_array::ChannelGroup& own) {
    return {{std::size_t(own.k_count)}, std::size_t(geometry.shape.C)};
}

void decode_weight_block(const Geometry& geometry, const pe_array::ChannelGroup& group, const PhaseKernel& kernel,
                         std::span<const std::int16_t> values, std::span<const std::uint32_t> positions,
                         std::vector<WeightEntry>& entries) {
    entries.clear();
    const auto k_count = std::size_t(group.k_count);
    for (std::size_t n = 0; n < values.size(); ++n) {
        const auto tap = positions[n] / k_count;
        const auto k_offset = positions[n] % k_count;
        const auto kq = int(tap) / kernel.columns;
        const auto kxq = int(tap) % kernel.columns;
        entries.push_back({values[n], std::uint16_t(k_offset), std::uint16_t(tap),
                           int(k_offset) - (kq * geometry.layout_columns + kxq) * geometry.channel_stride});
    }
}

}  // namespace nonzero::scnn
