#include "lowering/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "lowering/layer_parts.h"
#include "models/host/descriptor_check.h"
#include "workloads/error.h"
#include "workloads/operand_scan.h"
#include "workloads/quoted_name.h"

namespace nonzero {

static_assert(std::endian::native == std::endian::little, "memory images are written as the host holds them");

namespace {

constexpr std::uint64_t kAlignment = 256;

std::vector<std::uint8_t> joined(const std::vector<std::vector<std::uint8_t>>& outputs) {
    std::vector<std::uint8_t> bytes;
    for (const auto& output : outputs) {
        bytes.insert(bytes.end(), output.begin(), output.end());
    }
    return bytes;
}

std::uint64_t align(std::uint64_t address) {
    return (address + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

ImageBuilder::ImageBuilder(std::uint64_t base, std::size_t most_descriptors)
    : next_(base),
      descriptors_(reserve(most_descriptors * NZ_DESCRIPTOR_SIZE)),
      status_records_(reserve(most_descriptors * sizeof(nz_status_record))) {}

nz_region ImageBuilder::add(const std::string& name, std::vector<std::uint8_t> bytes) {
    if (bytes.empty()) {
        return {0, 0};
    }
    const nz_region region = reserve(bytes.size());
    segments_.push_back({name + suffix_, region.address, std::move(bytes)});
    return region;
}

nz_region ImageBuilder::add(const std::string& name, std::vector<SharedBytes> pieces) {
    std::uint64_t size = 0;
    for (const SharedBytes& piece : pieces) {
        size += piece.size;
    }
    if (size == 0) {
        return {0, 0};
    }
    const nz_region region = reserve(size);
    segments_.push_back({name + suffix_, region.address, {}, std::move(pieces)});
    return region;
}

nz_region ImageBuilder::reserve(std::uint64_t bytes) {
    const nz_region region{align(next_), bytes};
    next_ = align(region.address + bytes);
    return region;
}

MemoryImage ImageBuilder::finish(std::vector<nz_descriptor> chain) {
    for (std::size_t n = 0; n < chain.size(); ++n) {
        chain[n].next = n + 1 < chain.size() ? descriptors_.address + (n + 1) * NZ_DESCRIPTOR_SIZE : 0;
        chain[n].status_record = status_records_.address + n * sizeof(nz_status_record);
    }
    MemoryImage image;
    for (std::size_t n = 0; n < chain.size(); ++n) {
        if (chain[n].output.size != 0) {
            image.outputs.push_back({std::uint32_t(n), chain[n].output});
        }
    }
    image.descriptor_address = descriptors_.address;
    image.descriptor_count = std::uint32_t(chain.size());
    image.status_records = status_records_.address;
    image.end = next_;
    image.segments = std::move(segments_);
    image.segments.insert(image.segments.begin(), {"descriptors", descriptors_.address, to_bytes(chain)});
    return image;
}

MemoryImage Lowering::lower(const LayerJob& job, std::uint64_t base) const {
    check(*job.layer);
    check_operands(job, operand_bits());
    const std::vector<LayerPart> parts = parts_of(job);
    constexpr std::size_t kMostOfPart = 2;
    ImageBuilder image(base, parts.size() * kMostOfPart);
    std::vector<nz_descriptor> chain;
    for (std::size_t n = 0; n < parts.size(); ++n) {
        if (parts.size() > 1) {
            image.set_suffix(fmt::format("_{}", n));
        }
        const PartJob part(job, parts[n]);
        const bool shares = n > 0 && parts[n].group == parts[n - 1].group;
        const std::vector<nz_descriptor> more = lower_part(part.job(), image, shares ? &chain.back() : nullptr);
        chain.insert(chain.end(), more.begin(), more.end());
    }
    return image.finish(std::move(chain));
}

std::vector<LayerPart> Lowering::parts_of(const LayerJob& job) const {
    return images_of(*job.layer);
}

std::vector<std::vector<std::uint8_t>> Lowering::encode_outputs(const LayerJob& job, const Psums& sums) const {
    std::vector<std::vector<std::uint8_t>> outputs;
    for (const LayerPart& part : parts_of(job)) {
        outputs.push_back(to_bytes(cut_part(sums, part, part.layer.output_shape()).data));
    }
    return outputs;
}

std::vector<std::vector<std::uint8_t>> Lowering::encode_outputs(const LayerJob& job, const Operands& output) const {
    std::vector<std::vector<std::uint8_t>> outputs;
    for (const LayerPart& part : parts_of(job)) {
        const PartJob part_job(job, part);
        // The sums of positions without inputs are 0, to which the bias is added.
        Operands empty;
        if (part_job.job().post_processing) {
            empty = post_process(Psums({std::size_t(part.layer.K), 1, 1}), *part_job.job().post_processing);
        }
        outputs.push_back(
            encode_part(part_job.job(), cut_part(output, part, stored_shape(part_job.job()), empty.data)));
    }
    return outputs;
}

std::vector<std::uint8_t> Lowering::encode(const LayerJob& job, const Psums& sums) const {
    return joined(encode_outputs(job, sums));
}

std::vector<std::uint8_t> Lowering::encode(const LayerJob& job, const Operands& output) const {
    return joined(encode_outputs(job, output));
}

Psums Lowering::decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    Psums sums(job.layer->output_shape());
    const std::vector<LayerPart> parts = parts_of(job);
    std::vector<Psums> planes;
    std::size_t expected = 0;
    for (const LayerPart& part : parts) {
        planes.emplace_back(part.layer.output_shape());
        expected += planes.back().size() * sizeof(std::int64_t);
    }
    if (bytes.size() != expected) {
        throw InputError(fmt::format("layer '{}': the output has {} bytes, {} were expected", job.layer->name,
                                     bytes.size(), expected));
    }
    const std::uint8_t* from = bytes.data();
    for (std::size_t n = 0; n < parts.size(); ++n) {
        std::memcpy(planes[n].data.data(), from, planes[n].size() * sizeof(std::int64_t));
        from += planes[n].size() * sizeof(std::int64_t);
        paste_part(planes[n], parts[n], sums);
    }
    return sums;
}

Operands Lowering::decode_output(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    std::size_t at = 0;
    bool sound = true;
    Operands output;
    if (is_single(*job.layer)) {
        std::optional<Operands> decoded = decode_part(job, bytes, at);
        sound = decoded.has_value();
        output = std::move(decoded).value_or(Operands());
    } else {
        output = Operands(stored_shape(job));
        for (const LayerPart& part : parts_of(job)) {
            const PartJob part_job(job, part);
            const std::optional<Operands> decoded = decode_part(part_job.job(), bytes, at);
            if (!decoded) {
                sound = false;
                break;
            }
            paste_part(*decoded, part, output);
        }
    }
    if (!sound || at != bytes.size()) {
        throw InputError(fmt::format("layer {}: the machine's output is malformed", quoted_name(job.layer->name)));
    }
    return output;
}

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

nz_descriptor describe_layer(const Layer& layer, nz_opcode opcode) {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = std::uint16_t(opcode);
    d.c = std::uint32_t(layer.C);
    d.h = std::uint32_t(layer.H);
    d.w = std::uint32_t(layer.W);
    d.k = std::uint32_t(layer.K);
    d.r = std::uint32_t(layer.KH);
    d.s = std::uint32_t(layer.KW);
    d.p = std::uint32_t(layer.P());
    d.q = std::uint32_t(layer.Q());
    d.stride_y = std::uint16_t(layer.stride_y);
    d.stride_x = std::uint16_t(layer.stride_x);
    d.dilation_y = std::uint16_t(layer.dilation_y);
    d.dilation_x = std::uint16_t(layer.dilation_x);
    d.pad_top = std::uint16_t(layer.pad.top);
    d.pad_left = std::uint16_t(layer.pad.left);
    d.pad_bottom = std::uint16_t(layer.pad.bottom);
    d.pad_right = std::uint16_t(layer.pad.right);
    d.groups = std::uint32_t(layer.groups);
    d.clamp_low = INT32_MIN;
    d.clamp_high = INT32_MAX;
    return d;
}

void check_padding(const Layer& layer) {
    if (check_padding(describe_layer(layer, opcode_of(layer))) != NZ_ERROR_NONE) {
        throw InputError(
            fmt::format("layer '{}': its padding is larger than its kernel, outputs that see nothing but "
                        "zeros; make it smaller",
                        layer.name));
    }
}

void check_operands(const LayerJob& job, int operand_bits) {
    const auto check = [&](const Operands& tensor, const std::vector<std::size_t>& shape, const char* what) {
        if (tensor.shape != shape) {
            throw InputError(fmt::format("layer '{}': the {} have the wrong shape", job.layer->name, what));
        }
        const std::size_t elements = std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>{});
        if (tensor.size() != elements) {
            throw InputError(fmt::format("layer '{}': {} {} are given, its shape has {}", job.layer->name,
                                         tensor.size(), what, elements));
        }
        if (!bounds_of(tensor.data).fit(operand_bits)) {
            throw InputError(fmt::format("layer '{}': {} do not fit operand.bits = {}; raise it", job.layer->name, what,
                                         operand_bits));
        }
    };
    // The input of a fully connected layer may come as the plane that flattens to it.
    const bool flattened = job.layer->kind == LayerKind::fully_connected && job.layer->H == 1 && job.layer->W == 1 &&
                           job.input->size() == std::size_t(job.layer->C);
    check(*job.input, flattened ? job.input->shape : job.layer->input_shape(), "activations");
    check(*job.weights, job.layer->weight_shape(), "weights");
}

void describe_output(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before, nz_descriptor& d) {
    if (job.count_only) {
        d.flags |= NZ_FLAG_COUNT_ONLY;
        d.output_type = NZ_TYPE_RAW64;
        return;
    }
    if (!job.post_processing) {
        d.output_type = NZ_TYPE_RAW64;
        return;
    }
    const PostProcessing& post = *job.post_processing;
    d.flags |= NZ_FLAG_REQUANTISE | (post.relu ? NZ_FLAG_RELU : 0U);
    d.accumulator_type = std::uint8_t(post.accumulator_bits);
    d.output_type = std::uint8_t(post.output_bits);
    d.output_zero_point = post.output_zero_point;
    d.clamp_low = post.clamp_low;
    d.clamp_high = post.clamp_high;
    if (before != nullptr) {
        d.bias = before->bias;
        d.requant = before->requant;
        return;
    }
    d.bias = image.add("bias", to_bytes(post.bias));
    std::vector<nz_requant> table;
    for (const Requantisation& scale : post.requantisation) {
        table.push_back({scale.multiplier, scale.shift, {}});
    }
    d.requant = image.add("requant", to_bytes(table));
}

std::optional<std::string> pooling_refusal(const Layer& layer, const Pooling& pooling) {
    if (layer.is_product()) {
        return fmt::format("the rows of a {} lie on no plane; run it without pooling", to_string(layer.kind));
    }
    switch (check_pooling(pooling, layer.K, layer.P(), layer.Q())) {
        case PoolingProblem::none:
            break;
        case PoolingProblem::single_position:
            return "a single position has nothing to pool; run it without pooling";
        case PoolingProblem::window:
            return fmt::format(
                "pooling of size {}, stride {}, padding {} before and {} after; possible are sizes and strides of "
                "1 .. {} and paddings below the size, up to {}",
                pooling.size, pooling.stride, pooling.pad_before, pooling.pad_after, kMaxPoolingSize, kMaxPoolingPad);
        case PoolingProblem::no_output:
            return fmt::format("pooling windows of {} with padding {} and {} do not fit outputs of {}x{}", pooling.size,
                               pooling.pad_before, pooling.pad_after, layer.P(), layer.Q());
        case PoolingProblem::too_large:
            return fmt::format("more than {} pooled outputs; run it without pooling", kMaxElements);
    }
    return std::nullopt;
}

void describe_pooling(const LayerJob& job, nz_descriptor& d) {
    if (!job.pooling) {
        return;
    }
    const Pooling& pooling = *job.pooling;
    std::optional<std::string> refusal = pooling_refusal(*job.layer, pooling);
    if (!job.post_processing || job.count_only) {
        refusal = "pooling needs post-processed outputs; run it without pooling";
    }
    if (refusal) {
        throw InputError(fmt::format("layer '{}': {}", job.layer->name, *refusal));
    }
    d.pool_kind = pooling.kind == PoolKind::max ? NZ_POOL_MAX : NZ_POOL_AVERAGE;
    d.pool_size = std::uint8_t(pooling.size);
    d.pool_stride = std::uint8_t(pooling.stride);
    d.pool_pad = NZ_POOL_PAD(pooling.pad_before, pooling.pad_after);
}

std::vector<std::size_t> stored_shape(const LayerJob& job) {
    std::vector<std::size_t> shape = job.layer->output_shape();
    if (job.pooling) {
        shape[1] = std::size_t(job.layer->batch) * std::size_t(job.pooling->outputs(job.layer->P()));
        shape[2] = std::size_t(job.pooling->outputs(job.layer->Q()));
    }
    return shape;
}

}  // namespace nonzero
