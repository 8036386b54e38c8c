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

std::uint64_t line_part_limit(int length, int parts, int part, BlockFormat format) {
    const Range line = balanced_part(length, parts, part);
    return line.empty() ? 0 : packed_block_limit(std::size_t(line.size()), format);
}

std::uint64_t activation_image_limit(const Geometry& geometry, int pe, BlockFormat format) {
    const ConvolutionShape& shape = geometry.shape;
    std::uint64_t channel = 0;
    for (int phase = 0; phase < geometry.phases(); ++phase) {
        const auto rows =
            phase_positions(geometry.row_of(pe).tile, shape.pad_top, shape.stride_y, phase / shape.stride_x).count;
        const auto columns =
            phase_positions(geometry.column_of(pe).tile, shape.pad_left, shape.stride_x, phase % shape.stride_x).count;
        channel += packed_block_limit(std::size_t(rows) * std::size_t(columns), format);
    }
    return channel * std::uint64_t(shape.C);
}

std::uint64_t weight_group_limit(const Geometry& geometry, const pe_array::ChannelGroup& group, BlockFormat format) {
    std::uint64_t channel = 0;
    for (int phase = 0; phase < geometry.phases(); ++phase) {
        channel +=
            packed_block_limit(std::size_t(phase_kernel(geometry, phase).taps()) * std::size_t(group.k_count), format);
    }
    return channel * std::uint64_t(geometry.channels_per_group());
}

bool decode_weight_block(const Geometry& geometry, const pe_array::ChannelGroup& group, const PhaseKernel& kernel,
                         const ZeroRunBlock& block, std::vector<WeightEntry>& entries) {
    entries.clear();
    const auto k_count = std::size_t(group.k_count);
    const std::size_t size = std::size_t(kernel.taps()) * k_count;
    std::size_t position = 0;
    for (std::size_t n = 0; n < block.entries(); ++n) {
        position += block.runs[n];
        if (position >= size) {
            return false;
        }
        const auto tap = position / k_count;
        const auto k_offset = position % k_count;
        const auto kq = int(tap) / kernel.columns;
        const auto kxq = int(tap) % kernel.columns;
        entries.push_back({block.values[n], std::uint16_t(k_offset), std::uint16_t(tap),
                           int(k_offset) - (kq * geometry.layout_columns + kxq) * geometry.channel_stride});
        ++position;
    }
    return true;
}

}  // namespace nonzero::scnn
