#include "platforms/scnn/scnn_lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "models/scnn/accumulator_banks.h"
#include "models/scnn/descriptor_shape.h"
#include "models/scnn/operand_blocks.h"
#include "workloads/error.h"
#include "workloads/formats/zero_run.h"

namespace nonzero::scnn {

namespace {

// Packed parts one after another, each part an entry of the block table.
struct BlockRegion {
    std::vector<nz_block> table;
    std::vector<std::uint8_t> bytes;
    void begin_part() { table.push_back({std::uint32_t(bytes.size()), 0}); }
    void end_part() { table.back().size = std::uint32_t(bytes.size() - table.back().offset); }
};

BlockRegion pack_activations(const Geometry& geometry, const Operands& input, RunWidth width) {
    const ConvolutionShape& shape = geometry.shape;
    BlockRegion region;
    std::vector<std::int16_t> dense;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        region.begin_part();
        for (int channel = 0; channel < shape.C; ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                const PhasePositions ys =
                    phase_positions(geometry.row_of(pe).tile, shape.pad_top, shape.stride_y, phase / shape.stride_x);
                const PhasePositions xs = phase_positions(geometry.column_of(pe).tile, shape.pad_left, shape.stride_x,
                                                          phase % shape.stride_x);
                dense.clear();
                for (int y = 0; y < ys.count; ++y) {
                    for (int x = 0; x < xs.count; ++x) {
                        dense.push_back(input.at(std::size_t(channel), std::size_t(ys.at(y)), std::size_t(xs.at(x))));
                    }
                }
                append_zero_run(encode_zero_run(dense, width), width, region.bytes);
            }
        }
        region.end_part();
    }
    return region;
}

// largest_block: entries of the largest block.
BlockRegion pack_weights(const Geometry& geometry, const Operands& weights, RunWidth width,
                         std::size_t& largest_block) {
    const ConvolutionShape& shape = geometry.shape;
    largest_block = 0;
    BlockRegion region;
    std::vector<std::int16_t> dense;
    for (const ChannelGroup& group : geometry.channel_groups) {
        region.begin_part();
        for (int channel = 0; channel < geometry.channels_per_group(); ++channel) {
            for (int phase = 0; phase < geometry.phases(); ++phase) {
                dense.clear();
                for (int kh = phase / shape.stride_x; kh < shape.KH; kh += shape.stride_y) {
                    for (int kw = phase % shape.stride_x; kw < shape.KW; kw += shape.stride_x) {
                        for (int k = group.k_begin; k < group.k_begin + group.k_count; ++k) {
                            dense.push_back(
                                weights.at(std::size_t(k), std::size_t(channel), std::size_t(kh), std::size_t(kw)));
                        }
                    }
                }
                const ZeroRunBlock block = encode_zero_run(dense, width);
                largest_block = std::max(largest_block, block.entries());
                append_zero_run(block, width, region.bytes);
            }
        }
        region.end_part();
    }
    return region;
}

}  // namespace

Geometry ScnnLowering::geometry_of(const Layer& layer) const {
    return make_geometry(shape_of(describe_layer(layer, NZ_OP_CONV)), parameters_);
}

void ScnnLowering::check(const Layer& layer) const {
    if (layer.kind != LayerKind::convolution && layer.kind != LayerKind::depthwise) {
        throw InputError(fmt::format("layer '{}': scnn runs convolutions, not {} layers; choose others with --layers",
                                     layer.name, to_string(layer.kind)));
    }
    if (layer.dilation_y != 1 || layer.dilation_x != 1) {
        throw InputError(fmt::format("layer '{}': scnn has no dilated convolution (dilation {}x{})", layer.name,
                                     layer.dilation_y, layer.dilation_x));
    }
    if (check_for_scnn(describe_layer(layer, NZ_OP_CONV), parameters_) != NZ_ERROR_NONE) {
        throw InputError(fmt::format("layer '{}': beyond what scnn runs: {}", layer.name, kScnnLimits));
    }
    const Geometry geometry = geometry_of(layer);
    if (!AccumulatorBanks::fits(geometry.shape)) {
        throw InputError(
            fmt::format("layer '{}': an output adds more products than scnn's accumulators keep exact", layer.name));
    }
    if (geometry.kc == 0 && parameters_.accumulator_overflow == AccumulatorOverflow::refuse) {
        throw InputError(
            fmt::format("layer '{}': {} output channels x {}x{} outputs of a PE do not fit accumulator.entries = {}; "
                        "raise it, lower "
                        "pe.kc or set accumulator.overflow=shrink_kc",
                        layer.name, std::min(parameters_.kc, layer.K / layer.groups), geometry.footprint_rows,
                        geometry.footprint_columns, parameters_.accumulator_entries));
    }
    if (geometry.kc == 0) {
        throw InputError(fmt::format(
            "layer '{}': one output channel needs {}x{} accumulators per PE, accumulator.entries is {}; raise it or "
            "pe.rows and pe.columns",
            layer.name, geometry.footprint_rows, geometry.footprint_columns, parameters_.accumulator_entries));
    }
}

MemoryImage ScnnLowering::lower(const LayerJob& job, std::uint64_t base) const {
    const Layer& layer = *job.layer;
    check(layer);
    check_operands(job, parameters_.operand_bits);
    const Geometry geometry = geometry_of(layer);
    const RunWidth width = parameters_.run_width();

    ImageBuilder image(base);
    const nz_region descriptors_region = image.reserve(2 * NZ_DESCRIPTOR_SIZE);
    const nz_region status_region = image.reserve(2 * sizeof(nz_status_record));

    BlockRegion input = pack_activations(geometry, *job.input, width);
    nz_descriptor load = describe_layer(layer, NZ_OP_LOAD);
    load.block_index = image.add("input_index", to_bytes(input.table));
    load.input = image.add("input", std::move(input.bytes));

    std::size_t largest_block = 0;
    BlockRegion weights = pack_weights(geometry, *job.weights, width, largest_block);
    const std::size_t fifo = std::size_t(parameters_.weight_fifo_entries) * std::size_t(parameters_.f);
    if (parameters_.weight_skew == WeightSkew::fifo && largest_block > fifo) {
        throw InputError(
            fmt::format("layer '{}': a block of {} weights is larger than the weight FIFO of {} vectors of {}; raise "
                        "weights.fifo_entries, lower pe.kc or set weights.skew=unbounded",
                        layer.name, largest_block, parameters_.weight_fifo_entries, parameters_.f));
    }
    nz_descriptor convolve = describe_layer(layer, layer.kind == LayerKind::depthwise ? NZ_OP_DEPTHWISE : NZ_OP_CONV);
    convolve.flags = NZ_FLAG_INPUT_RESIDENT;
    convolve.block_index = image.add("weight_index", to_bytes(weights.table));
    convolve.weights = image.add("weights", std::move(weights.bytes));

    const std::uint64_t outputs = std::uint64_t(layer.K) * std::uint64_t(layer.P()) * std::uint64_t(layer.Q());
    std::uint64_t capacity = 0;
    describe_output(job, image, convolve);
    if (!job.count_only) {
        // Compressed: nothing stored beats every output stored as its own entry, plus one block per channel and PE.
        capacity = job.post_processing
                       ? std::uint64_t(geometry.pes()) * (sizeof(nz_block) + std::uint64_t(layer.K) * 16) + outputs * 4
                       : outputs * sizeof(std::int64_t);
    }
    convolve.output = image.reserve(std::max<std::uint64_t>(capacity, 1));
    load.next = descriptors_region.address + NZ_DESCRIPTOR_SIZE;
    load.status_record = status_region.address;
    convolve.status_record = status_region.address + sizeof(nz_status_record);

    MemoryImage result;
    result.descriptor_address = descriptors_region.address;
    result.descriptor_count = 2;
    result.output = convolve.output;
    result.status_records = status_region.address;
    result.end = image.end();
    result.segments = image.take();
    result.segments.insert(result.segments.begin(), {"descriptors", descriptors_region.address,
                                                     to_bytes(std::vector<nz_descriptor>{load, convolve})});
    return result;
}

std::vector<std::uint8_t> ScnnLowering::encode(const LayerJob&, const Psums& sums) const {
    return encode_raw64(sums);
}

Psums ScnnLowering::decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    return decode_raw64(*job.layer, bytes);
}

std::vector<std::uint8_t> ScnnLowering::encode(const LayerJob& job, const Operands& output) const {
    const Geometry geometry = geometry_of(*job.layer);
    const RunWidth width = parameters_.run_width();
    BlockRegion region;
    region.bytes.resize(std::size_t(geometry.pes()) * sizeof(nz_block));
    std::vector<std::int16_t> dense;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Range rows = geometry.row_of(pe).owned;
        const Range columns = geometry.column_of(pe).owned;
        region.begin_part();
        for (int k = 0; k < job.layer->K; ++k) {
            dense.clear();
            for (int y = rows.begin; y < rows.end; ++y) {
                for (int x = columns.begin; x < columns.end; ++x) {
                    dense.push_back(output.at(std::size_t(k), std::size_t(y), std::size_t(x)));
                }
            }
            append_zero_run(encode_zero_run(dense, width), width, region.bytes);
        }
        region.end_part();
    }
    std::memcpy(region.bytes.data(), region.table.data(), region.table.size() * sizeof(nz_block));
    return region.bytes;
}

Operands ScnnLowering::decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    const Geometry geometry = geometry_of(*job.layer);
    const auto malformed = [&] {
        return InputError(fmt::format("layer '{}': the machine's output is malformed", job.layer->name));
    };
    Operands output(job.layer->output_shape());
    std::vector<nz_block> table(static_cast<std::size_t>(geometry.pes()));
    if (bytes.size() < table.size() * sizeof(nz_block)) {
        throw malformed();
    }
    std::memcpy(table.data(), bytes.data(), table.size() * sizeof(nz_block));
    std::vector<std::int16_t> dense;
    for (int pe = 0; pe < geometry.pes(); ++pe) {
        const Range rows = geometry.row_of(pe).owned;
        const Range columns = geometry.column_of(pe).owned;
        const nz_block part = table[std::size_t(pe)];
        if (part.offset > bytes.size() || part.size > bytes.size() - part.offset) {
            throw malformed();
        }
        std::span<const std::uint8_t> rest = std::span(bytes).subspan(part.offset, part.size);
        dense.resize(std::size_t(rows.size()) * std::size_t(columns.size()));
        for (int k = 0; k < job.layer->K; ++k) {
            const auto block = take_zero_run(rest, parameters_.run_width());
            if (!block || !decode_zero_run(*block, dense)) {
                throw malformed();
            }
            for (int y = 0; y < rows.size() && !columns.empty(); ++y) {
                std::copy_n(dense.begin() + std::ptrdiff_t(y) * columns.size(), columns.size(),
                            &output.at(std::size_t(k), std::size_t(rows.begin + y), std::size_t(columns.begin)));
            }
        }
        if (!rest.empty()) {
            throw malformed();
        }
    }
    return output;
}

}  // namespace nonzero::scnn
