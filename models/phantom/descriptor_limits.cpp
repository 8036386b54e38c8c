#include "models/phantom/descriptor_limits.h"

#include "models/phantom/layer_plan.h"

namespace nonzero::phantom {

namespace {

constexpr std::uint64_t kMostElements = std::uint64_t{1} << 27;
constexpr std::uint64_t kMostWindowWords = std::uint64_t{1} << 23;

// Dimensions are below 2^25 and products of two of them below 2^50.
bool small_enough(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return a * b <= kMostElements && a * b * c <= kMostElements;
}

}  // namespace

nz_error check_shape_for_phantom(const nz_descriptor& d, const PhantomParameters& parameters) {
    if (!small_enough(d.c, d.h, d.w) || !small_enough(d.k, d.p, d.q) ||
        !small_enough(std::uint64_t{d.r} * d.s, d.k, d.c / d.groups) || std::uint64_t{d.r} * d.s > kMostElements) {
        return NZ_ERROR_SHAPE;
    }
    const Geometry geometry = geometry_of(d, parameters);
    const bool neurons = geometry.mapping() == Mapping::fully_connected;
    const Range part = neurons ? Range{} : geometry.part(0, 0);
    const std::size_t windows = neurons ? geometry.neurons_of(0) : geometry.windows(part);
    const std::uint64_t rows = std::uint64_t(geometry.planes(part)) * kPlaneTaps;
    return rows * words_of(windows) <= kMostWindowWords ? NZ_ERROR_NONE : NZ_ERROR_SHAPE;
}

nz_error check_for_phantom(const nz_descriptor& d, const PhantomParameters& parameters) {
    if ((d.flags & NZ_FLAG_INPUT_RESIDENT) != 0) {
        return NZ_ERROR_NOT_RESIDENT;
    }
    if (const nz_error error = check_shape_for_phantom(d, parameters); error != NZ_ERROR_NONE) {
        return error;
    }
    if (d.nm_m != 0) {
        return NZ_ERROR_SPARSITY;
    }
    if (d.pool_kind != NZ_POOL_NONE) {
        return NZ_ERROR_POOL;
    }
    if (d.input_type > parameters.operand_bits || d.weight_type > parameters.operand_bits ||
        d.accumulator_type > parameters.accumulator_bits ||
        (d.output_type != NZ_TYPE_RAW64 && d.output_type > 8 * sizeof(std::int16_t))) {
        return NZ_ERROR_TYPE;
    }
    const LayerPlan plan(d, parameters);
    if (d.residual.size != 0 || d.input.size < mask_bytes(plan.inputs()) || d.weights.size < plan.weight_head_bytes()) {
        return NZ_ERROR_REGION;
    }
    return NZ_ERROR_NONE;
}

}  // namespace nonzero::phantom
