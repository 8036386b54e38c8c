#include "models/scnn/descriptor_shape.h"

namespace nonzero::scnn {

namespace {

// Bounds of the coordinate arithmetic; far above any network.
constexpr std::uint32_t kMaximumChannels = 1U << 16;
constexpr std::uint32_t kMaximumPlane = 1U << 14;
constexpr std::uint32_t kMaximumKernel = 255;
constexpr std::uint32_t kMaximumStride = 64;

}  // namespace

nz_error check_for_scnn(const nz_descriptor& d, const ScnnParameters& parameters) {
    if (d.c > kMaximumChannels || d.k > kMaximumChannels || d.h > kMaximumPlane || d.w > kMaximumPlane ||
        d.p > kMaximumPlane || d.q > kMaximumPlane || d.r > kMaximumKernel || d.s > kMaximumKernel) {
        return NZ_ERROR_SHAPE;
    }
    if (d.opcode == NZ_OP_FULLY_CONNECTED && !is_fully_connected(d)) {
        return d.groups != 1 ? NZ_ERROR_GROUPS : NZ_ERROR_SHAPE;
    }
    if (d.stride_y > kMaximumStride || d.stride_x > kMaximumStride || d.dilation_y != 1 || d.dilation_x != 1) {
        return NZ_ERROR_STRIDE;
    }
    if (d.nm_n != 0 || d.nm_m != 0) {
        return NZ_ERROR_SPARSITY;
    }
    if (d.input_type > parameters.operand_bits || d.weight_type > parameters.operand_bits ||
        d.accumulator_type > parameters.accumulator_bits ||
        (d.output_type != NZ_TYPE_RAW64 && d.output_type > parameters.operand_bits)) {
        return NZ_ERROR_TYPE;
    }
    if (d.residual.size != 0) {
        return NZ_ERROR_REGION;
    }
    return NZ_ERROR_NONE;
}

bool is_fully_connected(const nz_descriptor& d) {
    return d.h == 1 && d.w == 1 && d.r == 1 && d.s == 1 && d.groups == 1 && d.pad_top == 0 && d.pad_left == 0 &&
           d.pad_bottom == 0 && d.pad_right == 0;
}

Geometry geometry_of(const nz_descriptor& d, const ScnnParameters& parameters) {
    return is_fully_connected(d) ? make_fully_connected_geometry(shape_of(d), parameters)
                                 : make_geometry(shape_of(d), parameters);
}

bool same_input(const nz_descriptor& load, const nz_descriptor& convolution) {
    return is_fully_connected(load) == is_fully_connected(convolution) && load.c == convolution.c &&
           load.h == convolution.h && load.w == convolution.w && load.stride_y == convolution.stride_y &&
           load.stride_x == convolution.stride_x && load.pad_top == convolution.pad_top &&
           load.pad_left == convolution.pad_left;
}

}  // namespace nonzero::scnn
