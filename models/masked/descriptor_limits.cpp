#include "models/masked/descriptor_limits.h"

#include "models/masked/masked_layer.h"

namespace nonzero::masked {

namespace {

constexpr std::uint64_t kMostElements = std::uint64_t{1} << 27;

// Dimensions are below 2^25 and products of two of them below 2^50.
bool small_enough(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return a * b <= kMostElements && a * b * c <= kMostElements;
}

}  // namespace

nz_error check_masked_shape(const nz_descriptor& d) {
    const bool small = small_enough(d.c, d.h, d.w) && small_enough(d.k, d.p, d.q) &&
                       small_enough(std::uint64_t{d.r} * d.s, d.k, d.c / d.groups) &&
                       std::uint64_t{d.r} * d.s <= kMostElements;
    return small ? NZ_ERROR_NONE : NZ_ERROR_SHAPE;
}

nz_error check_masked(const nz_descriptor& d, int operand_bits, int accumulator_bits) {
    if ((d.flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
        return NZ_ERROR_NOT_RESIDENT;
    }
    if (const nz_error error = check_masked_shape(d); error != NZ_ERROR_NONE) {
        return error;
    }
    if (d.nm_m != 0) {
        return NZ_ERROR_SPARSITY;
    }
    if (d.pool_kind != NZ_POOL_NONE) {
        return NZ_ERROR_POOL;
    }
    if (d.input_type > operand_bits || d.weight_type > operand_bits || d.accumulator_type > accumulator_bits ||
        (d.output_type != NZ_TYPE_RAW64 && d.output_type > 8 * sizeof(std::int16_t))) {
        return NZ_ERROR_TYPE;
    }
    const MaskedLayer layer(d, operand_bits, accumulator_bits);
    if (d.residual.size != 0 || d.input.size < mask_bytes(layer.inputs()) ||
        d.weights.size < layer.filter_sets.head_bytes()) {
        return NZ_ERROR_REGION;
    }
    return NZ_ERROR_NONE;
}

}  // namespace nonzero::masked
