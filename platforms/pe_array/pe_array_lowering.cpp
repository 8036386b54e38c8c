#include "platforms/pe_array/pe_array_lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/pe_array/descriptor_limits.h"
#include "workloads/error.h"

namespace nonzero::pe_array {

void PeArrayLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(fmt::format(
            "layer '{}': {} runs convolutions and fully connected layers, not {} layers; choose others with --layers",
            layer.name, platform_, to_string(layer.kind)));
    }
    if (layer.dilation_y != 1 || layer.dilation_x != 1) {
        throw InputError(fmt::format("layer '{}': {} has no dilated convolution (dilation {}x{})", layer.name,
                                     platform_, layer.dilation_y, layer.dilation_x));
    }
    check_padding(layer);
    if (check_descriptor(describe_layer(layer, opcode_of(layer))) != NZ_ERROR_NONE) {
        throw InputError(fmt::format("layer '{}': beyond what {} runs: {}", layer.name, platform_, kPeArrayLimits));
    }
}

MemoryImage PeArrayLowering::lower(const LayerJob& job, std::uint64_t base) const {
    const Layer& layer = *job.layer;
    check(layer);
    check_operands(job, parameters_.operand_bits);

    ImageBuilder image(base, 2);
    nz_descriptor load = describe_layer(layer, NZ_OP_LOAD);
    nz_descriptor run = describe_layer(layer, opcode_of(layer));
    const bool resident = add_operands(job, image, load, run);
    describe_output(job, image, run);
    describe_pooling(job, run);
    std::uint64_t capacity = 1;
    if (!job.count_only) {
        const std::vector<std::size_t> shape = stored_shape(job);
        capacity = std::max<std::uint64_t>(capacity, job.post_processing
                                                         ? stored_limit(layer, shape)
                                                         : shape[0] * shape[1] * shape[2] * sizeof(std::int64_t));
    }
    run.output = image.reserve(capacity);
    if (!resident) {
        return image.finish({run});
    }
    run.flags |= NZ_FLAG_INPUT_RESIDENT;
    return image.finish({load, run});
}

void PeArrayLowering::refuse_output(const LayerJob& job) {
    throw InputError(fmt::format("layer '{}': the machine's output is malformed", job.layer->name));
}

}  // namespace nonzero::pe_array
