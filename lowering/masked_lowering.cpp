#include "lowering/masked_lowering.h"

#include <fmt/format.h>

#include <span>

#include "lowering/layer_parts.h"
#include "models/masked/masked_layer.h"
#include "models/masked/packed_operands.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero::masked {

std::vector<LayerPart> MaskedLowering::parts_of(const LayerJob& job) const {
    return inputs_of(*job.layer);
}

void MaskedLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(fmt::format("layer {}: {} multiplies weights, a {} layer has none; leave it out",
                                     quoted_name(layer.name), name(), to_string(layer.kind)));
    }
    const Layer image = inputs_of(layer).front().layer;
    check_padding(image);
    if (check_shape(describe_layer(image, opcode_of(image))) != NZ_ERROR_NONE) {
        throw InputError(fmt::format("layer {}: beyond what {} runs: {}; split the layer", quoted_name(layer.name),
                                     name(), limits()));
    }
}

std::vector<nz_descriptor> MaskedLowering::lower_part(const LayerJob& job, ImageBuilder& image,
                                                      const nz_descriptor* before) const {
    const Layer& layer = *job.layer;
    if (job.pooling) {
        throw InputError(fmt::format("layer {}: {} does not pool its outputs; run it without pooling",
                                     quoted_name(layer.name), name()));
    }
    const Stored stored = job.count_only ? Stored::masks : Stored::masks_and_values;
    nz_descriptor descriptor = describe_layer(layer, opcode_of(layer));
    descriptor.input = image.add("input", pack_masked(job.input->data, stored));
    descriptor.weights = before != nullptr
                             ? before->weights
                             : image.add("weights", pack_filters(FilterSets(dilated_shape_of(descriptor)),
                                                                 job.weights->data, sorts_filters(), stored));
    describe_output(job, image, before, descriptor);
    std::uint64_t capacity = 1;
    if (!job.count_only) {
        const std::uint64_t outputs = std::uint64_t(layer.K) * descriptor.p * descriptor.q;
        capacity = job.post_processing ? masked_limit(outputs) : outputs * sizeof(std::int64_t);
    }
    descriptor.output = image.reserve(capacity);
    return {descriptor};
}

std::vector<std::uint8_t> MaskedLowering::encode_part(const LayerJob&, const Operands& output) const {
    return pack_masked(output.data);
}

std::optional<Operands> MaskedLowering::decode_part(const LayerJob& job, const std::vector<std::uint8_t>& bytes,
                                                    std::size_t& at) const {
    Operands output(job.layer->output_shape());
    std::span<const std::uint8_t> rest = std::span(bytes).subspan(at);
    if (!take_masked(rest, output.data)) {
        return std::nullopt;
    }
    at = bytes.size() - rest.size();
    return output;
}

}  // namespace nonzero::masked
