#include "lowering/scnn_lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "lowering/operand_packing.h"
#include "lowering/slot_estimate.h"
#include "models/pe_array/descriptor_limits.h"
#include "models/scnn/accumulator_banks.h"
#include "models/scnn/descriptor_shape.h"
#include "workloads/error.h"

namespace nonzero::scnn {

Geometry ScnnLowering::geometry_of(const Layer& layer) const {
    return scnn::geometry_of(describe_layer(layer, opcode_of(layer)), parameters_);
}

nz_error ScnnLowering::check_descriptor(const nz_descriptor& descriptor) const {
    return pe_array::check_for_pe_array(descriptor, parameters_);
}

// A plane that leaves a group its output channels.
int ScnnLowering::most_positions(const Layer& layer) const {
    const int kc = std::min(parameters_.kc, layer.K / layer.groups);
    return parameters_.pes() * std::max(1, parameters_.accumulator_entries / kc);
}

std::uint64_t ScnnLowering::estimate_cycles(const LayerJob& job, const std::vector<LayerPart>& parts) const {
    const Geometry geometry = geometry_of(parts.front().layer);  // all are of one size
    std::optional<SlotEstimate> estimate;
    std::uint64_t cycles = 0;
    for (std::size_t n = 0; n < parts.size(); ++n) {
        const PartJob part(job, parts[n]);
        if (n == 0 || parts[n].group != parts[n - 1].group) {
            estimate.emplace(geometry, *part.job().weights, parameters_);
        }
        cycles += estimate->cycles(*part.job().input);
    }
    return cycles;
}

void ScnnLowering::check_part(const Layer& layer) const {
    pe_array::PeArrayLowering::check_part(layer);
    if (check_for_scnn(describe_layer(layer, opcode_of(layer)), parameters_) != NZ_ERROR_NONE) {
        throw InputError(
            fmt::format("layer '{}': {} input channels at a stride of {}x{} are more blocks than scnn takes: {}",
                        layer.name, layer.C, layer.stride_y, layer.stride_x, kScnnLimits));
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

bool ScnnLowering::add_operands(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before,
                                nz_descriptor& load, nz_descriptor& run) const {
    const Layer& layer = *job.layer;
    const Geometry geometry = geometry_of(layer);

    BlockRegion input = pack_activations(geometry, *job.input, parameters_);
    // Inputs that fit on chip are there before the layer starts; others come with it.
    const bool resident = input.most_stored <= std::size_t(parameters_.iaram_entries);
    if (resident) {
        load.block_index = image.add("input_index", to_bytes(input.table));
        load.input = image.add("input", std::move(input.bytes));
    }
    // The table of the weights stands alone where the input is resident.
    if (before != nullptr && resident && (before->flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
        run.block_index = before->block_index;
        run.weights = before->weights;
        return true;
    }
    BlockRegion weights = pack_weights(geometry, *job.weights, parameters_.weight_format());
    const std::size_t fifo = std::size_t(parameters_.weight_fifo_entries) * std::size_t(parameters_.f);
    if (parameters_.weight_skew == WeightSkew::fifo && weights.largest_block > fifo) {
        throw InputError(
            fmt::format("layer '{}': a block of {} weights is larger than the weight FIFO of {} vectors of {}; raise "
                        "weights.fifo_entries, lower pe.kc or set weights.skew=unbounded",
                        layer.name, weights.largest_block, parameters_.weight_fifo_entries, parameters_.f));
    }

    if (resident) {
        run.block_index = image.add("weight_index", to_bytes(weights.table));
    } else {
        input.table.insert(input.table.end(), weights.table.begin(), weights.table.end());
        run.block_index = image.add("index", to_bytes(input.table));
        run.input = image.add("input", std::move(input.bytes));
    }
    run.weights = before != nullptr ? before->weights : image.add("weights", std::move(weights.bytes));
    return resident;
}

std::uint64_t ScnnLowering::stored_limit(const Layer& layer, const std::vector<std::size_t>& shape) const {
    return packed_output_limit(geometry_of(layer), shape, parameters_);
}

std::vector<std::uint8_t> ScnnLowering::encode_part(const LayerJob& job, const Operands& output) const {
    return pack_output(geometry_of(*job.layer), output, parameters_);
}

std::optional<Operands> ScnnLowering::decode_part(const LayerJob& job, const std::vector<std::uint8_t>& bytes,
                                                  std::size_t& at) const {
    std::span<const std::uint8_t> rest = std::span(bytes).subspan(at);
    std::optional<Operands> output = take_output(geometry_of(*job.layer), stored_shape(job), rest, parameters_);
    at = bytes.size() - rest.size();
    return output;
}

}  // namespace nonzero::scnn
