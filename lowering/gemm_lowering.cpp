#include "lowering/gemm_lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "lowering/layer_parts.h"
#include "lowering/operand_counts.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero::gemm {

void GemmLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(fmt::format("layer {}: {} multiplies matrices, a {} layer has no weights; leave it out",
                                     quoted_name(layer.name), platform_, to_string(layer.kind)));
    }
    const Layer image = images_of(layer).front().layer;
    check_padding(image);
    const GemmShape shape = gemm_shape(image);
    const auto elements = std::max({std::uint64_t(image.C) * std::uint64_t(image.H) * std::uint64_t(image.W),
                                    std::uint64_t(image.K) * std::uint64_t(shape.P), image.weight_elements(),
                                    std::uint64_t(image.groups) * std::uint64_t(shape.K)});
    if (elements > kMaxGemmElements) {
        throw InputError(fmt::format("layer {}: a tensor of {} elements, {} takes up to {}; split the layer",
                                     quoted_name(layer.name), elements, platform_, kMaxGemmElements));
    }
}

std::vector<nz_descriptor> GemmLowering::lower_part(const LayerJob& job, ImageBuilder& image,
                                                    const nz_descriptor* before) const {
    const Layer& layer = *job.layer;
    if (job.pooling) {
        throw InputError(fmt::format("layer {}: {} does not pool its outputs; run it without pooling",
                                     quoted_name(layer.name), platform_));
    }
    Weights weights;
    weights.layer = &layer;
    weights.shape = gemm_shape(layer);
    if (!layer.activation_by_activation) {
        weights.pattern = pattern_of(job.pattern);
    }

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
    descriptor.weights = before != nullptr ? before->weights : add_weights(job, weights, image);
    describe_output(job, image, before, descriptor);
    std::uint64_t capacity = 1;
    if (!job.count_only) {
        const std::uint64_t outputs = std::uint64_t(layer.K) * std::uint64_t(weights.shape.P);
        capacity = outputs * (job.post_processing ? sizeof(std::int16_t) : sizeof(std::int64_t));
    }
    descriptor.output = image.reserve(capacity);
    return {descriptor};
}

nz_region GemmLowering::add_weights(const LayerJob& job, const Weights& of_layer, ImageBuilder& image) const {
    const Operands matrix = gemm_weights(*job.layer, *job.weights);
    Weights weights = of_layer;
    weights.matrix = &matrix;
    std::vector<std::uint8_t> bytes;
    append(bytes, count_weights(weights.shape, matrix));
    append_counts(weights, bytes);
    if (!job.count_only) {
        append_weights(weights, bytes);
    }
    return image.add("weights", std::move(bytes));
}

std::vector<std::uint8_t> GemmLowering::encode_part(const LayerJob&, const Operands& output) const {
    return to_bytes(output.data);
}

std::optional<Operands> GemmLowering::decode_part(const LayerJob& job, const std::vector<std::uint8_t>& bytes,
                                                  std::size_t& at) const {
    Operands output(job.layer->output_shape());
    const std::size_t size = output.size() * sizeof(std::int16_t);
    if (bytes.size() - at < size) {
        return std::nullopt;
    }
    std::memcpy(output.data.data(), bytes.data() + at, size);
    at += size;
    return output;
}

}  // namespace nonzero::gemm
