#include "platforms/gemm/gemm_lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "platforms/gemm/operand_counts.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero::gemm {

void GemmLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(fmt::format("layer {}: {} multiplies matrices, a {} layer has no weights; leave it out",
                                     quoted_name(layer.name), platform_, to_string(layer.kind)));
    }
    check_padding(layer);
    const GemmShape shape = gemm_shape(layer);
    const auto elements = std::max({std::uint64_t(layer.C) * std::uint64_t(layer.H) * std::uint64_t(layer.W),
                                    std::uint64_t(layer.K) * std::uint64_t(shape.P), layer.weight_elements(),
                                    std::uint64_t(layer.groups) * std::uint64_t(shape.K)});
    if (elements > kMaxGemmElements) {
        throw InputError(fmt::format("layer {}: a tensor of {} elements, {} takes up to {}; split the layer",
                                     quoted_name(layer.name), elements, platform_, kMaxGemmElements));
    }
}

MemoryImage GemmLowering::lower(const LayerJob& job, std::uint64_t base) const {
    const Layer& layer = *job.layer;
    check(layer);
    check_operands(job, widths_.operand_bits);
    if (job.pooling) {
        throw InputError(fmt::format("layer {}: {} does not pool its outputs; run it without pooling",
                                     quoted_name(layer.name), platform_));
    }
    const Operands matrix = gemm_weights(layer, *job.weights);
    Weights weights;
    weights.layer = &layer;
    weights.shape = gemm_shape(layer);
    weights.matrix = &matrix;
    if (!layer.activation_by_activation) {
        weights.pattern = pattern_of(job.pattern);
    }

    ImageBuilder image(base, 1);
    nz_descriptor descriptor = describe_layer(layer, opcode_of(layer));
    if (weights.pattern) {
        descriptor.nm_n = std::uint16_t(weights.pattern->n);
        descriptor.nm_m = std::uint16_t(weights.pattern->m);
    }

    std::vector<std::uint8_t> bytes;
    append(bytes, count_activations(layer, *job.input));
    if (!job.count_only) {
        append(bytes, job.input->data);
    }
    descriptor.input = image.add("input", std::move(bytes));

    bytes.clear();
    append(bytes, count_weights(weights.shape, matrix));
    append_counts(weights, bytes);
    if (!job.count_only) {
        append_weights(weights, bytes);
    }
    descriptor.weights = image.add("weights", std::move(bytes));

    describe_output(job, image, descriptor);
    std::uint64_t capacity = 1;
    if (!job.count_only) {
        const std::uint64_t outputs = std::uint64_t(layer.K) * std::uint64_t(weights.shape.P);
        capacity = outputs * (job.post_processing ? sizeof(std::int16_t) : sizeof(std::int64_t));
    }
    descriptor.output = image.reserve(capacity);
    return image.finish({descriptor});
}

std::vector<std::uint8_t> GemmLowering::encode(const LayerJob&, const Operands& output) const {
    return to_bytes(output.data);
}

Operands GemmLowering::decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    Operands output(job.layer->output_shape());
    if (bytes.size() != output.size() * sizeof(std::int16_t)) {
        throw InputError(fmt::format("layer {}: the output has {} bytes, {} were expected",
                                     quoted_name(job.layer->name), bytes.size(), output.size() * sizeof(std::int16_t)));
    }
    std::memcpy(output.data.data(), bytes.data(), bytes.size());
    return output;
}

}  // namespace nonzero::gemm
