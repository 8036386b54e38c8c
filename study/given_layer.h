#pragma once
// A layer with tensors of one's own. C++17-clean.

#include <optional>

#include "workloads/layer.h"
#include "workloads/nm_pattern.h"
#include "workloads/pooling.h"
#include "workloads/reference.h"
#include "workloads/tensor.h"

namespace nonzero {

struct GivenLayer {
    Layer layer;
    Operands weights;                  // K x C/groups x KH x KW
    Operands input;                    // C x (batch * H) x W
    std::optional<NmPattern> pattern;  // that the weights keep, for machines that gain by it
    // What becomes of the sums, on the machine's own accumulators; absent: they are put out as they are, 64 bits each.
    std::optional<PostProcessing> post_processing;
    std::optional<Pooling> pooling;  // after it
};

}  // namespace nonzero
