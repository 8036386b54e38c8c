#include "models/scnn/descriptor_shape.h"

#include "models/pe_array/descriptor_limits.h"

namespace nonzero::scnn {

namespace {

// Blocks of a PE, input channels x stride phases: each costs the model memory, also where it has no elements and takes
// none of the image.
constexpr std::uint64_t kMaximumBlocks = std::uint64_t{1} << 18;

}  // namespace

nz_error check_for_scnn(const nz_descriptor& d, const ScnnParameters& parameters) {
    if (const nz_error error = pe_array::check_for_pe_array(d, parameters); error != NZ_ERROR_NONE) {
        return error;
    }
    return std::uint64_t{d.c} * d.stride_y * d.stride_x > kMaximumBlocks ? NZ_ERROR_SHAPE : NZ_ERROR_NONE;
}

Geometry geometry_of(const nz_descriptor& d, const ScnnParameters& parameters) {
    const ConvolutionShape shape = shape_of(d);
    return is_fully_connected(shape) ? make_fully_connected_geometry(shape, parameters)
                                     : make_geometry(shape, parameters);
}

bool same_input(const nz_descriptor& load, const nz_descriptor& convolution) {
    return is_fully_connected(shape_of(load)) == is_fully_connected(shape_of(convolution)) && load.c == convolution.c &&
           load.h == convolution.h && load.w == convolution.w && load.stride_y == convolution.stride_y &&
           load.stride_x == convolution.stride_x && load.pad_top == convolution.pad_top &&
           load.pad_left == convolution.pad_left;
}

}  // namespace nonzero::scnn
