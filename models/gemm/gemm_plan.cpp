#include "models/gemm/gemm_plan.h"

namespace nonzero::gemm {

namespace {

bool small_enough(std::uint64_t a, std::uint64_t b, std::uint64_t c = 1) {
    // Dimensions are below 2^25 and products of two of them below 2^50.
    return a * b <= kMaxGemmElements && a * b * c <= kMaxGemmElements;
}

Layer layer_of(const nz_descriptor& d) {
    Layer layer;
    layer.kind = d.opcode == NZ_OP_DEPTHWISE         ? LayerKind::depthwise
                 : d.opcode == NZ_OP_FULLY_CONNECTED ? LayerKind::fully_connected
                                                     : LayerKind::convolution;
    layer.C = int(d.c);
    layer.H = int(d.h);
    layer.W = int(d.w);
    layer.K = int(d.k);
    layer.KH = int(d.r);
    layer.KW = int(d.s);
    layer.stride_y = d.stride_y;
    layer.stride_x = d.stride_x;
    layer.dilation_y = d.dilation_y;
    layer.dilation_x = d.dilation_x;
    layer.pad = {d.pad_top, d.pad_left, d.pad_bottom, d.pad_right};
    layer.groups = int(d.groups);
    return layer;
}

std::uint64_t rows_of_b(const nz_descriptor& d) {
    return std::uint64_t{d.c} * d.r * d.s;
}

}  // namespace

nz_error check_for_gemm(const nz_descriptor& d, const GemmWidths& widths) {
    const std::uint64_t positions = std::uint64_t{d.p} * d.q;
    if (!small_enough(d.c, d.h, d.w) || !small_enough(d.k, d.p, d.q) || !small_enough(d.c, d.r, d.s) ||
        !small_enough(d.k, rows_of_b(d) / d.groups) || positions > kMaxGemmElements) {
        return NZ_ERROR_SHAPE;
    }
    if (d.pool_kind != NZ_POOL_NONE) {
        return NZ_ERROR_POOL;
    }
    if (d.input_type > widths.operand_bits || d.weight_type > widths.operand_bits ||
        d.accumulator_type > widths.accumulator_bits ||
        (d.output_type != NZ_TYPE_RAW64 && d.output_type > 8 * sizeof(std::int16_t))) {
        return NZ_ERROR_TYPE;
    }
    const bool count_only = (d.flags & NZ_FLAG_COUNT_ONLY) != 0;
    const std::uint64_t head = rows_of_b(d) * sizeof(std::uint32_t);
    const std::uint64_t whole = head + std::uint64_t{d.c} * d.h * d.w * sizeof(std::int16_t);
    const bool input_fits = d.input.size >= whole || (count_only && d.input.size == head);
    if ((d.flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
        return NZ_ERROR_NOT_RESIDENT;
    }
    if (d.residual.size != 0 || !input_fits || d.weights.size < head) {
        return NZ_ERROR_REGION;
    }
    if (!count_only && d.output_type != NZ_TYPE_RAW64 &&
        d.output.size < std::uint64_t{d.k} * positions * sizeof(std::int16_t)) {
        return NZ_ERROR_OUTPUT_SIZE;
    }
    return NZ_ERROR_NONE;
}

GemmPlan make_gemm_plan(const nz_descriptor& descriptor, const GemmWidths& widths) {
    GemmPlan plan;
    plan.layer = layer_of(descriptor);
    plan.shape = gemm_shape(plan.layer);
    if (descriptor.nm_m != 0) {
        plan.pattern = NmPattern{descriptor.nm_n, descriptor.nm_m};
    }
    plan.widths = widths;
    plan.count_only = (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0;
    plan.raw64 = descriptor.output_type == NZ_TYPE_RAW64;
    return plan;
}

std::uint64_t gemm_head_bytes(const GemmShape& shape) {
    return std::uint64_t(shape.groups) * std::uint64_t(shape.K) * sizeof(std::uint32_t);
}

std::uint64_t gemm_output_bytes(const GemmPlan& plan) {
    return plan.count_only ? 0 : plan.outputs() * (plan.raw64 ? sizeof(std::int64_t) : sizeof(std::int16_t));
}

}  // namespace nonzero::gemm
