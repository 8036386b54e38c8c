#include "platforms/scnn/scnn_lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/scnn/accumulator_banks.h"
#include "models/scnn/descriptor_shape.h"
#include "platforms/scnn/operand_packing.h"
#include "workloads/error.h"

namespace nonzero::scnn {

namespace {

// The opcode that this machine runs the layer by.
nz_opcode opcode_of(const Layer& layer) {
    if (is_fully_connected(describe_layer(layer, NZ_OP_CONV))) {
        return NZ_OP_FULLY_CONNECTED;
    }
    return layer.kind == LayerKind::depthwise ? NZ_OP_DEPTHWISE : NZ_OP_CONV;
}

}  // namespace

Geometry ScnnLowering::geometry_of(const Layer& layer) const {
    return scnn::geometry_of(describe_layer(layer, NZ_OP_CONV), parameters_);
}

void ScnnLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(
            fmt::format("layer '{}': scnn runs convolutions and fully connected layers, not {} layers; choose others "
                        "with --layers",
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

    BlockRegion input = pack_activations(geometry, *job.input, parameters_);
    BlockRegion weights = pack_weights(geometry, *job.weights, parameters_.weight_format());
    const std::size_t fifo = std::size_t(parameters_.weight_fifo_entries) * std::size_t(parameters_.f);
    if (parameters_.weight_skew == WeightSkew::fifo && weights.largest_block > fifo) {
        throw InputError(
            fmt::format("layer '{}': a block of {} weights is larger than the weight FIFO of {} vectors of {}; raise "
                        "weights.fifo_entries, lower pe.kc or set weights.skew=unbounded",
                        layer.name, weights.largest_block, parameters_.weight_fifo_entries, parameters_.f));
    }

    ImageBuilder image(base);
    const nz_region descriptors_region = image.reserve(2 * NZ_DESCRIPTOR_SIZE);
    const nz_region status_region = image.reserve(2 * sizeof(nz_status_record));
    // Inputs that fit on chip are there before the layer starts; others come with it.
    const bool resident = input.most_stored <= std::size_t(parameters_.iaram_entries);
    nz_descriptor load = describe_layer(layer, NZ_OP_LOAD);
    nz_descriptor run = describe_layer(layer, opcode_of(layer));
    if (resident) {
        load.block_index = image.add("input_index", to_bytes(input.table));
        load.input = image.add("input", std::move(input.bytes));
        run.flags = NZ_FLAG_INPUT_RESIDENT;
        run.block_index = image.add("weight_index", to_bytes(weights.table));
    } else {
        input.table.insert(input.table.end(), weights.table.begin(), weights.table.end());
        run.block_index = image.add("index", to_bytes(input.table));
        run.input = image.add("input", std::move(input.bytes));
    }
    run.weights = image.add("weights", std::move(weights.bytes));

    describe_output(job, image, run);
    describe_pooling(job, run);
    const std::vector<std::size_t> stored = stored_shape(job);
    const std::uint64_t outputs = std::uint64_t{stored[0]} * stored[1] * stored[2];
    std::uint64_t capacity = 0;
    if (!job.count_only) {
        // Compressed: nothing stored beats every output stored as its own entry, plus one block per channel and PE (or
        // per PE).
        capacity = job.post_processing
                       ? std::uint64_t(geometry.pes()) * (sizeof(nz_block) + std::uint64_t(layer.K) * 16) + outputs * 4
                       : outputs * sizeof(std::int64_t);
    }
    run.output = image.reserve(std::max<std::uint64_t>(capacity, 1));
    std::vector<nz_descriptor> chain;
    if (resident) {
        load.next = descriptors_region.address + NZ_DESCRIPTOR_SIZE;
        chain.push_back(load);
    }
    chain.push_back(run);
    for (std::size_t n = 0; n < chain.size(); ++n) {
        chain[n].status_record = status_region.address + n * sizeof(nz_status_record);
    }

    MemoryImage result;
    result.descriptor_address = descriptors_region.address;
    result.descriptor_count = std::uint32_t(chain.size());
    result.output = run.output;
    result.status_records = status_region.address;
    result.end = image.end();
    result.segments = image.take();
    result.segments.insert(result.segments.begin(), {"descriptors", descriptors_region.address, to_bytes(chain)});
    return result;
}

std::vector<std::uint8_t> ScnnLowering::encode(const LayerJob&, const Psums& sums) const {
    return encode_raw64(sums);
}

Psums ScnnLowering::decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    return decode_raw64(*job.layer, bytes);
}

std::vector<std::uint8_t> ScnnLowering::encode(const LayerJob& job, const Operands& output) const {
    return pack_output(geometry_of(*job.layer), output, parameters_);
}

Operands ScnnLowering::decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    auto output = unpack_output(geometry_of(*job.layer), stored_shape(job), bytes, parameters_);
    if (!output) {
        throw InputError(fmt::format("layer '{}': the machine's output is malformed", job.layer->name));
    }
    return std::move(*output);
}

}  // namespace nonzero::scnn
