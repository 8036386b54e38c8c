#include "models/phantom/descriptor_limits.h"

#include "models/masked/descriptor_limits.h"
#include "models/phantom/layer_plan.h"

namespace nonzero::phantom {

namespace {

constexpr std::uint64_t kMostWindowWords = std::uint64_t{1} << 23;

}  // namespace

nz_error check_shape_for_phantom(const nz_descriptor& d, const PhantomParameters& parameters) {
    if (const nz_error error = masked::check_masked_shape(d); error != NZ_ERROR_NONE) {
        return error;
    }
    const Geometry geometry = geometry_of(d, parameters);
    const bool neurons = geometry.mapping() == Mapping::fully_connected;
    const Range part = neurons ? Range{} : geometry.part(0, 0);
    const std::size_t windows = neurons ? geometry.neurons_of(0) : geometry.windows(part);
    const std::uint64_t rows = std::uint64_t(geometry.planes(part)) * kPlaneTaps;
    return rows * words_of(windows) <= kMostWindowWords ? NZ_ERROR_NONE : NZ_ERROR_SHAPE;
}

nz_error check_for_phantom(const nz_descriptor& d, const PhantomParameters& parameters) {
    const nz_error error = masked::check_masked(d, parameters.operand_bits, parameters.accumulator_bits);
    return error != NZ_ERROR_NONE ? error : check_shape_for_phantom(d, parameters);
}

}  // namespace nonzero::phantom
