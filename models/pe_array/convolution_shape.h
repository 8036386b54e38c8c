#pragma once
// The convolution that a descriptor describes, as the hardware sees it.

#include "models/host/host_interface.h"

namespace nonzero {

// C, K are totals over the convolution groups.
struct ConvolutionShape {
    int C = 1, H = 1, W = 1;
    int K = 1, P = 1, Q = 1;
    int KH = 1, KW = 1;
    int stride_y = 1, stride_x = 1;
    int pad_top = 0, pad_left = 0;
    int groups = 1;
    friend bool operator==(const ConvolutionShape&, const ConvolutionShape&) = default;
};

// A 1x1 kernel on a 1x1 plane without padding or groups, whatever the layer is called: cut over a plane it would keep a
// single PE busy (scnn_facts.md 10.4).
inline bool is_fully_connected(const ConvolutionShape& shape) {
    return shape.H == 1 && shape.W == 1 && shape.KH == 1 && shape.KW == 1 && shape.P == 1 && shape.Q == 1 &&
           shape.pad_top == 0 && shape.pad_left == 0 && shape.groups == 1;
}

// How the mask machines and those beside them lay a layer out, told by its shape (phantom_facts.md 9 rule 1).
enum class Mapping { convolution, depthwise, pointwise, fully_connected };

inline Mapping mapping_of(const ConvolutionShape& shape) {
    if (is_fully_connected(shape)) {
        return Mapping::fully_connected;
    }
    if (shape.KH == 1 && shape.KW == 1) {
        return Mapping::pointwise;
    }
    return shape.groups > 1 && shape.C == shape.groups ? Mapping::depthwise : Mapping::convolution;
}

// The descriptor's dimensions fit an int.
inline ConvolutionShape shape_of(const nz_descriptor& d) {
    ConvolutionShape shape;
    shape.C = int(d.c);
    shape.H = int(d.h);
    shape.W = int(d.w);
    shape.K = int(d.k);
    shape.P = int(d.p);
    shape.Q = int(d.q);
    shape.KH = int(d.r);
    shape.KW = int(d.s);
    shape.stride_y = d.stride_y;
    shape.stride_x = d.stride_x;
    shape.pad_top = d.pad_top;
    shape.pad_left = d.pad_left;
    shape.groups = int(d.groups);
    return shape;
}

}  // namespace nonzero
