#pragma once
// Descriptors that tests complete.

#include "models/host/host_interface.h"

namespace nonzero {

// A convolution of 1 x 1 kernels over C x H x W inputs with K kernels, and no operands yet; its outputs are
// accumulators.
inline nz_descriptor pointwise_descriptor(int C, int H, int W, int K) {
    nz_descriptor d{};
    d.version = NZ_DESCRIPTOR_VERSION;
    d.size = NZ_DESCRIPTOR_SIZE;
    d.opcode = NZ_OP_CONV;
    d.c = std::uint32_t(C);
    d.h = d.p = std::uint32_t(H);
    d.w = d.q = std::uint32_t(W);
    d.k = std::uint32_t(K);
    d.r = d.s = 1;
    d.stride_y = d.stride_x = d.dilation_y = d.dilation_x = 1;
    d.groups = 1;
    d.output_type = NZ_TYPE_RAW64;
    d.clamp_low = INT32_MIN;
    d.clamp_high = INT32_MAX;
    return d;
}

}  // namespace nonzero
