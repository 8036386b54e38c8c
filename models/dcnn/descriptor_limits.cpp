#include "models/dcnn/descriptor_limits.h"

#include "models/dcnn/geometry.h"

namespace nonzero::dcnn {

namespace {

// Bounds of the coordinate arithmetic; far above any network.
constexpr std::uint32_t kMaximumChannels = 1U << 16;
constexpr std::uint32_t kMaximumPlane = 1U << 14;
constexpr std::uint32_t kMaximumKernel = 255;
constexpr std::uint32_t kMaximumStride = 64;
// Inputs with their padding in all PEs together: what the model keeps of a layer. Halos of large kernels multiply them.
constexpr std::uint64_t kMaximumInputs = std::uint64_t{1} << 29;

std::uint64_t padded_inputs(const nz_descriptor& d, const DcnnParameters& parameters) {
    const Geometry geometry = make_geometry(shape_of(d), parameters);
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    for (const Span1D& span : geometry.rows) {
        rows += std::uint64_t(span.needed());
    }
    for (const Span1D& span : geometry.columns) {
        columns += std::uint64_t(span.needed());
    }
    return rows * columns * d.c;
}

}  // namespace

nz_error check_for_dcnn(const nz_descriptor& d, const DcnnParameters& parameters) {
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
    if (d.residual.size != 0) {
        return NZ_ERROR_REGION;
    }
    return padded_inputs(d, parameters) > kMaximumInputs ? NZ_ERROR_CAPACITY : NZ_ERROR_NONE;
}

bool same_input(const nz_descriptor& load, const nz_descriptor& layer) {
    // The PEs' parts do not depend on output channels and groups.
    ConvolutionShape loaded = shape_of(load);
    const ConvolutionShape wanted = shape_of(layer);
    loaded.K = wanted.K;
    loaded.groups = wanted.groups;
    return loaded == wanted;
}

}  // namespace nonzero::dcnn
