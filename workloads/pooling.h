#pragma once
// Pooling that a post-processing unit applies to finished outputs before they are stored.

namespace nonzero {

enum class PoolKind { max, average };

// Square windows; padding at the top and left, and at the bottom and right (Caffe rounds the output size up, which is
// padding after). Windows hold the elements inside the plane only; reference.h has the arithmetic.
struct Pooling {
    PoolKind kind = PoolKind::max;
    int size = 2;
    int stride = 2;
    int pad_before = 0;
    int pad_after = 0;

    // Windows along a line of n elements; 0 when none fits.
    int outputs(int n) const {
        const int span = n + pad_before + pad_after - size;
        return span < 0 ? 0 : span / stride + 1;
    }
    friend bool operator==(const Pooling& a, const Pooling& b) {
        return a.kind == b.kind && a.size == b.size && a.stride == b.stride && a.pad_before == b.pad_before &&
               a.pad_after == b.pad_after;
    }
};

}  // namespace nonzero
