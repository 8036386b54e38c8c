#include "lowering/operand_packing.h"

#include <algorithm>
#include <cstring>

#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

namespace {

// The parts of a line of inputs or neurons.
void pack_line(const Geometry& geometry, const std::vector<std::int16_t>& line, const OperandFormat& format,
               BlockRegion& region) {
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Range part = balanced_part(int(line.size()), geometry.pes(), pe);
        const auto values = std::span(line).subspan(std::size_t(part.begin), std::size_t(part.size()));
        region.begin_part();
        // Every PE has all parts.
        region.most_stored +=
            append_series(values, line_part_shape(int(line.size()), geometry.pes(), pe), format, region.bytes).all;
        region.end_part();
    }
}

BlockRegion pack_neuron_weights(const Geometry& geometry, const Operands& weights, const OperandFormat& format) {
    BlockRegion region;
    const auto inputs = std::size_t(geometry.shape.C);
    std::vector<std::int16_t> blocks;  // [input][neuron of the group]
    for (std::size_t index = 0; index < geometry.channel_groups.size(); ++index) {
        for (int pe = 0; pe < geometry.pes(); ++pe) {
            const pe_array::ChannelGroup own = geometry.group_of(int(index), pe);
            const auto neurons = std::size_t(own.k_count);
            region.begin_part();
            blocks.resize(inputs * neurons);
            for (std::size_t k = 0; k < neurons; ++k) {
                const std::int16_t* const row = weights.data.data() + (std::size_t(own.k_begin) + k) * inputs;
                for (std::size_t n = 0; n < inputs; ++n) {
                    blocks[n * neurons + k] = row[n];
                }
            }
            append_series(blocks, neuron_shape(geometry, own), format, region.bytes);
            region.end_part();
        }
    }
    return region;
}

// The part of an output that a PE writes.
Range owned_rows(const Geometry& geometry, int pe, const Operands& output) {
    return balanced_part(int(output.shape[1]), geometry.pe_rows, pe / geometry.pe_columns);
}
Range owned_columns(const Geometry& geometry, int pe, const Operands& output) {
    return balanced_part(int(output.shape[2]), geometry.pe_columns, pe % geometry.pe_columns);
}

// A block per channel.
SeriesShape owned_shape(const Geometry& geometry, int pe, const Operands& output) {
    const Range rows = owned_rows(geometry, pe, output);
    const Range columns = owned_columns(geometry, pe, output);
    return {{std::size_t(rows.size()) * std::size_t(columns.size())}, output.shape[0]};
}

void pack_planes(const Geometry& geometry, const Operands& output, const OperandFormat& format, BlockRegion& region) {
    std::vector<std::int16_t> dense;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Range rows = owned_rows(geometry, pe, output);
        const Range columns = owned_columns(geometry, pe, output);
        region.begin_part();
        dense.clear();
        for (int k = 0; k < geometry.shape.K; ++k) {
            for (int y = rows.begin; y < rows.end; ++y) {
                for (int x = columns.begin; x < columns.end; ++x) {
                    dense.push_back(output.at(std::size_t(k), std::size_t(y), std::size_t(x)));
                }
            }
        }
        append_series(dense, owned_shape(geometry, pe, output), format, region.bytes);
        region.end_part();
    }
}

// One PE's part into the output; false when it is malformed.
bool unpack_part(const Geometry& geometry, int pe, std::span<const std::uint8_t> bytes, const OperandFormat& format,
                 Operands& output) {
    const Range rows = owned_rows(geometry, pe, output);
    const Range columns = owned_columns(geometry, pe, output);
    const SeriesShape shape = owned_shape(geometry, pe, output);
    OperandSeries series;
    if (!read_series(bytes, shape, format, series)) {
        return false;
    }
    const std::vector<std::int16_t> dense = expand(series, shape);
    auto from = dense.begin();
    for (int k = 0; k < geometry.shape.K; ++k) {
        for (int y = 0; y < rows.size() && !columns.empty(); ++y, from += columns.size()) {
            std::copy_n(from, columns.size(),
                        &output.at(std::size_t(k), std::size_t(rows.begin + y), std::size_t(columns.begin)));
        }
    }
    return true;
}

bool unpack_neurons(const Geometry& geometry, int pe, std::span<const std::uint8_t> bytes, const OperandFormat& format,
                    Operands& output) {
    const SeriesShape shape = line_part_shape(geometry.shape.K, geometry.pes(), pe);
    OperandSeries series;
    if (!read_series(bytes, shape, format, series)) {
        return false;
    }
    std::ranges::copy(expand(series, shape), output.data.begin() + geometry.channels_of(pe).begin);
    return true;
}

}  // namespace

BlockRegion pack_activations(const Geometry& geometry, const Operands& input, const ScnnParameters& parameters) {
    BlockRegion region;
    if (geometry.fully_connected) {
        pack_line(geometry, input.data, parameters.line_format(), region);
        return region;
    }
    const ConvolutionShape& shape = geometry.shape;
    std::vector<std::int16_t> dense;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        region.begin_part();
        dense.clear();
        for (int channel = 0; channel < shape.C; ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                const PhasePositions ys =
                    phase_positions(geometry.row_of(pe).tile, shape.pad_top, shape.stride_y, phase / shape.stride_x);
                const PhasePositions xs = phase_positions(geometry.column_of(pe).tile, shape.pad_left, shape.stride_x,
                                                          phase % shape.stride_x);
                for (int y = 0; y < ys.count; ++y) {
                    for (int x = 0; x < xs.count; ++x) {
                        dense.push_back(input.at(std::size_t(channel), std::size_t(ys.at(y)), std::size_t(xs.at(x))));
                    }
                }
            }
        }
        const std::size_t stored =
            append_series(dense, activation_shape(geometry, pe), parameters.activation_format(), region.bytes).all;
        region.end_part();
        region.most_stored = std::max(region.most_stored, stored);
    }
    return region;
}

BlockRegion pack_weights(const Geometry& geometry, const Operands& weights, const OperandFormat& format) {
    if (geometry.fully_connected) {
        return pack_neuron_weights(geometry, weights, format);
    }
    const ConvolutionShape& shape = geometry.shape;
    BlockRegion region;
    std::vector<std::int16_t> dense;
    for (const pe_array::ChannelGroup& group : geometry.channel_groups) {
        region.begin_part();
        dense.clear();
        for (int channel = 0; channel < geometry.channels_per_convolution_group(); ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                for (int kh = phase / shape.stride_x; kh < shape.KH; kh += shape.stride_y) {
                    for (int kw = phase % shape.stride_x; kw < shape.KW; kw += shape.stride_x) {
                        for (int k = group.k_begin; k < group.k_begin + group.k_count; ++k) {
                            dense.push_back(
                                weights.at(std::size_t(k), std::size_t(channel), std::size_t(kh), std::size_t(kw)));
                        }
                    }
                }
            }
        }
        const StoredEntries stored = append_series(dense, weight_shape(geometry, group), format, region.bytes);
        region.largest_block = std::max(region.largest_block, stored.largest_block);
        region.end_part();
    }
    return region;
}

std::vector<std::uint8_t> pack_output(const Geometry& geometry, const Operands& output,
                                      const ScnnParameters& parameters) {
    BlockRegion region;
    region.bytes.resize(std::size_t(geometry.pes()) * sizeof(nz_block));
    if (geometry.fully_connected) {
        pack_line(geometry, output.data, parameters.line_format(), region);
    } else {
        pack_planes(geometry, output, parameters.activation_format(), region);
    }
    std::memcpy(region.bytes.data(), region.table.data(), region.table.size() * sizeof(nz_block));
    return region.bytes;
}

std::uint64_t packed_output_limit(const Geometry& geometry, const std::vector<std::size_t>& shape,
                                  const ScnnParameters& parameters) {
    std::uint64_t limit = std::uint64_t(geometry.pes()) * sizeof(nz_block);
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const auto rows = std::size_t(balanced_part(int(shape[1]), geometry.pe_rows, pe / geometry.pe_columns).size());
        const auto columns =
            std::size_t(balanced_part(int(shape[2]), geometry.pe_columns, pe % geometry.pe_columns).size());
        limit += geometry.fully_connected
                     ? series_limit(line_part_shape(geometry.shape.K, geometry.pes(), pe), parameters.line_format())
                     : series_limit({{rows * columns}, shape[0]}, parameters.activation_format());
    }
    return limit;
}

std::optional<Operands> take_output(const Geometry& geometry, const std::vector<std::size_t>& shape,
                                    std::span<const std::uint8_t>& bytes, const ScnnParameters& parameters) {
    Operands output(shape);
    std::vector<nz_block> table(static_cast<std::size_t>(geometry.pes()));
    if (bytes.size() < table.size() * sizeof(nz_block)) {
        return std::nullopt;
    }
    std::memcpy(table.data(), bytes.data(), table.size() * sizeof(nz_block));
    std::uint64_t end = table.size() * sizeof(nz_block);
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const nz_block block = table[std::size_t(pe)];
        if (block.offset > bytes.size() || block.size > bytes.size() - block.offset) {
            return std::nullopt;
        }
        const auto part = bytes.subspan(block.offset, block.size);
        if (!(geometry.fully_connected ? unpack_neurons(geometry, pe, part, parameters.line_format(), output)
                                       : unpack_part(geometry, pe, part, parameters.activation_format(), output))) {
            return std::nullopt;
        }
        end = std::max(end, std::uint64_t{block.offset} + block.size);
    }
    bytes = bytes.subspan(end);
    return output;
}

}  // namespace nonzero::scnn
