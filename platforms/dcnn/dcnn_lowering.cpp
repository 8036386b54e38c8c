#include "platforms/dcnn/dcnn_lowering.h"

#include <fmt/format.h>

#include "models/dcnn/activation_format.h"
#include "models/dcnn/descriptor_limits.h"
#include "models/dcnn/geometry.h"
#include "workloads/error.h"

namespace nonzero::dcnn {

namespace {

nz_opcode opcode_of(const Layer& layer) {
    switch (layer.kind) {
        case LayerKind::depthwise:
            return NZ_OP_DEPTHWISE;
        case LayerKind::fully_connected:
            return NZ_OP_FULLY_CONNECTED;
        default:
            return NZ_OP_CONV;
    }
}

}  // namespace

const char* DcnnLowering::name() const {
    return parameters_.variant == Variant::plain ? "dcnn" : "dcnn_opt";
}

void DcnnLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(
            fmt::format("layer '{}': {} runs layers with weights, not {} layers; choose others with --layers",
                        layer.name, name(), to_string(layer.kind)));
    }
    if (layer.dilation_y != 1 || layer.dilation_x != 1) {
        throw InputError(fmt::format("layer '{}': {} has no dilated convolution (dilation {}x{})", layer.name, name(),
                                     layer.dilation_y, layer.dilation_x));
    }
    if (check_for_dcnn(describe_layer(layer, opcode_of(layer)), parameters_) != NZ_ERROR_NONE) {
        throw InputError(fmt::format("layer '{}': beyond what {} runs: {}", layer.name, name(), kDcnnLimits));
    }
}

std::vector<std::uint8_t> DcnnLowering::pack_weights(const Layer& layer, const Operands& weights) const {
    const Geometry geometry = make_geometry(shape_of(describe_layer(layer, opcode_of(layer))), parameters_);
    if (!geometry.fully_connected) {
        return to_bytes(weights.data);
    }
    const auto inputs = std::ptrdiff_t(geometry.taps());
    std::vector<std::int16_t> rows;
    rows.reserve(weights.data.size());
    for (const ChannelGroup& group : geometry.channel_groups) {
        for (int pe = 0; pe < geometry.pes(); ++pe) {
            const Range neurons = geometry.channels(pe, group);
            rows.insert(rows.end(), weights.data.begin() + neurons.begin * inputs,
                        weights.data.begin() + neurons.end * inputs);
        }
    }
    return to_bytes(rows);
}

MemoryImage DcnnLowering::lower(const LayerJob& job, std::uint64_t base) const {
    const Layer& layer = *job.layer;
    check(layer);
    check_operands(job, parameters_.operand_bits);

    ImageBuilder image(base);
    const nz_region descriptors_region = image.reserve(2 * NZ_DESCRIPTOR_SIZE);
    const nz_region status_region = image.reserve(2 * sizeof(nz_status_record));

    const auto plane = std::size_t(layer.H) * std::size_t(layer.W);
    nz_descriptor load = describe_layer(layer, NZ_OP_LOAD);
    load.input = image.add("input", encode_activations(parameters_.variant, job.input->data, plane));
    nz_descriptor run = describe_layer(layer, opcode_of(layer));
    run.flags = NZ_FLAG_INPUT_RESIDENT;
    run.weights = image.add("weights", pack_weights(layer, *job.weights));
    describe_output(job, image, run);
    describe_pooling(job, run);

    const std::vector<std::size_t> stored = stored_shape(job);
    const std::size_t outputs = stored[1] * stored[2];
    std::uint64_t capacity = 0;
    if (!job.count_only) {
        capacity = job.post_processing ? activation_bytes_limit(parameters_.variant, std::size_t(layer.K), outputs)
                                       : std::uint64_t(layer.K) * outputs * sizeof(std::int64_t);
    }
    run.output = image.reserve(std::max<std::uint64_t>(capacity, 1));
    load.next = descriptors_region.address + NZ_DESCRIPTOR_SIZE;
    load.status_record = status_region.address;
    run.status_record = status_region.address + sizeof(nz_status_record);

    MemoryImage result;
    result.descriptor_address = descriptors_region.address;
    result.descriptor_count = 2;
    result.output = run.output;
    result.status_records = status_region.address;
    result.end = image.end();
    result.segments = image.take();
    result.segments.insert(result.segments.begin(), {"descriptors", descriptors_region.address,
                                                     to_bytes(std::vector<nz_descriptor>{load, run})});
    return result;
}

std::vector<std::uint8_t> DcnnLowering::encode(const LayerJob&, const Psums& sums) const {
    return encode_raw64(sums);
}

Psums DcnnLowering::decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    return decode_raw64(*job.layer, bytes);
}

std::vector<std::uint8_t> DcnnLowering::encode(const LayerJob&, const Operands& output) const {
    return encode_activations(parameters_.variant, output.data, output.shape[1] * output.shape[2]);
}

Operands DcnnLowering::decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    Operands output(stored_shape(job));
    if (!decode_activations(parameters_.variant, bytes, output.shape[1] * output.shape[2], output.data)) {
        throw InputError(fmt::format("layer '{}': the machine's output is malformed", job.layer->name));
    }
    return output;
}

}  // namespace nonzero::dcnn
