#include "models/scnn/operand_blocks.h"

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
