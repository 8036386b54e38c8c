#include "models/pe_array/descriptor_limits.h"

#include "models/pe_array/convolution_shape.h"

namespace nonzero::pe_array {

namespace {

// Bounds of the coordinate arithmetic; far above any network.
constexpr std::uint32_t kMaximumChannels = 1U << 16;
constexpr std::uint32_t kMaximumPlane = 1U << 14;
constexpr std::uint32_t kMaximumKernel = 255;
constexpr std::uint32_t kMaximumStride = 64;

}  // namespace

nz_error check_for_pe_array(const nz_descriptor& d, const PeArrayParameters& parameters) {
    if (d.c > kMaximumChannels || d.k > kMaximumChannels || d.h > kMaximumPlane || d.w > kMaximumPlane ||
        d.p > kMaximumPlane || d.q > kMaximumPlane || d.r > kMaximumKernel || d.s > kMaximumKernel) {
        return NZ_ERROR_SHAPE;
    }
    if (d.stride_y > kMaximumStride || d.stride_x > kMaximumStride || d.dilation_y != 1 || d.dilation_x != 1) {
        return NZ_ERROR_STRIDE;
    }
    if (d.opcode == NZ_OP_FULLY_CONNECTED && !is_fully_connected(shape_of(d))) {
        return d.groups != 1 ? NZ_ERROR_GROUPS : NZ_ERROR_SHAPE;
    }
    if (d.nm_n != 0 || d.nm_m != 0) {
        return NZ_ERROR_SPARSITY;
    }
    if (d.input_type > parameters.operand_bits || d.weight_type > parameters.operand_bits ||
        d.accumulator_type > parameters.accumulator_bits ||
        (d.output_type != NZ_TYPE_RAW64 && d.output_type > parameters.operand_bits)) {
        return NZ_ERROR_TYPE;
    }
    return d.residual.size != 0 ? NZ_ERROR_REGION : NZ_ERROR_NONE;
}

}  // namespace nonzero::pe_array
