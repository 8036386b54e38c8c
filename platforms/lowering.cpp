#include "platforms/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "models/common/descriptor_check.h"
#include "workloads/error.h"

namespace nonzero {

static_assert(std::endian::native == std::endian::little, "memory images are written as the host holds them");

namespace {

constexpr std::uint64_t kAlignment = 256;

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
    segments_.push_back({name, region.address, std::move(bytes)});
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
    image.descriptor_address = descriptors_.address;
    image.descriptor_count = std::uint32_t(chain.size());
    image.output = chain.back().output;
    image.status_records = status_records_.address;
    image.end = next_;
    image.segments = std::move(segments_);
    image.segments.insert(image.segments.begin(), {"descriptors", descriptors_.address, to_bytes(chain)});
    return image;
}

std::vector<std::uint8_t> Lowering::encode(const LayerJob&, const Psums& sums) const {
    return to_bytes(sums.data);
}

Psums Lowering::decode_sums(const LayerJob& job, const std::vector<std::uint8_t>& bytes) const {
    Psums sums(job.layer->output_shape());
    if (bytes.size() != sums.size() * sizeof(std::int64_t)) {
        throw InputError(fmt::format("layer '{}': the output has {} bytes, {} were expected", job.layer->name,
                                     bytes.size(), sums.size() * sizeof(std::int64_t)));
    }
    std::memcpy(sums.data.data(), bytes.data(), bytes.size());
    return sums;
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
    const auto limit = 1 << (operand_bits - 1);
    const auto fits = [&](std::int16_t value) { return value >= -limit && value < limit; };
    const auto check = [&](const Operands& tensor, const std::vector<std::size_t>& shape, const char* what) {
        if (tensor.shape != shape) {
            throw InputError(fmt::format("layer '{}': the {} have the wrong shape", job.layer->name, what));
        }
        if (!std::all_of(tensor.data.begin(), tensor.data.end(), fits)) {
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

void describe_output(const LayerJob& job, ImageBuilder& image, nz_descriptor& d) {
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
    d.bias = image.add("bias", to_bytes(post.bias));
    std::vector<nz_requant> table;
    for (const Requantisation& scale : post.requantisation) {
        table.push_back({scale.multiplier, scale.shift, {}});
    }
    d.requant = image.add("requant", to_bytes(table));
}

std::optional<std::string> pooling_refusal(const Layer& layer, const Pooling& pooling) {
    if (layer.P() == 1 && layer.Q() == 1) {
        return "a single position has nothing to pool; run it without pooling";
    }
    constexpr int kLargest = 255;
    constexpr int kLargestPad = 15;
    const int pad = std::max(pooling.pad_before, pooling.pad_after);
    if (pooling.size < 1 || pooling.stride < 1 || std::max(pooling.size, pooling.stride) > kLargest ||
        std::min(pooling.pad_before, pooling.pad_after) < 0 || pad > kLargestPad || pad >= pooling.size) {
        return fmt::format(
            "pooling of size {}, stride {}, padding {} before and {} after; possible are sizes and strides of 1 .. {} "
            "and paddings below the size, up to {}",
            pooling.size, pooling.stride, pooling.pad_before, pooling.pad_after, kLargest, kLargestPad);
    }
    if (pooling.outputs(layer.P()) < 1 || pooling.outputs(layer.Q()) < 1) {
        return fmt::format("pooling windows of {} with padding {} and {} do not fit outputs of {}x{}", pooling.size,
                           pooling.pad_before, pooling.pad_after, layer.P(), layer.Q());
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
        shape[1] = std::size_t(job.pooling->outputs(job.layer->P()));
        shape[2] = std::size_t(job.pooling->outputs(job.layer->Q()));
    }
    return shape;
}

}  // namespace nonzero
