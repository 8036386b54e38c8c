#include "models/scnn/descriptor_shape.h"

namespace nonzero::scnn {

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
