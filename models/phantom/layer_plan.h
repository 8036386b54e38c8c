#pragma once
// What all blocks of Phantom-2D share of a layer, fixed before its first cycle. Plain C++.

#include <cstdint>

#include "models/phantom/geometry.h"
#include "models/phantom/masked_tensor.h"
#include "models/phantom/parameters.h"
#include "models/post/post_processing.h"

namespace nonzero::phantom {

// The descriptor's dimensions fit an int.
inline DilatedShape dilated_shape_of(const nz_descriptor& descriptor) {
    DilatedShape shape;
    static_cast<ConvolutionShape&>(shape) = shape_of(descriptor);
    shape.dilation_y = descriptor.dilation_y;
    shape.dilation_x = descriptor.dilation_x;
    return shape;
}

inline Geometry geometry_of(const nz_descriptor& descriptor, const PhantomParameters& parameters) {
    return {dilated_shape_of(descriptor), parameters.mesh_rows, parameters.mesh_columns};
}

struct LayerPlan {
    LayerPlan(const nz_descriptor& descriptor, const PhantomParameters& parameters)
        : geometry(geometry_of(descriptor, parameters)),
          rules(parameters.rules()),
          dense(parameters.mode == Mode::dense),
          operand_bits(parameters.operand_bits),
          accumulator_bits(parameters.accumulator_bits),
          count_only((descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0),
          raw64(descriptor.output_type == NZ_TYPE_RAW64) {}

    Geometry geometry;
    MeshRules rules;
    bool dense;
    int operand_bits;
    int accumulator_bits;
    bool count_only;  // cycles and counters without values
    bool raw64;       // outputs are the accumulators
    PostProcessor post_processor;

    std::size_t inputs() const {
        const DilatedShape& shape = geometry.shape();
        return std::size_t(shape.C) * std::size_t(shape.H) * std::size_t(shape.W);
    }
    std::size_t positions() const { return std::size_t(geometry.shape().P) * std::size_t(geometry.shape().Q); }
    std::size_t outputs() const { return std::size_t(geometry.shape().K) * positions(); }
    // First word of the filters' masks in front of them: which filter each is.
    std::size_t order_bytes() const { return std::size_t(geometry.shape().K) * sizeof(std::uint32_t); }
    std::size_t weight_head_bytes() const {
        return order_bytes() + std::size_t(geometry.shape().K) * mask_bytes(geometry.weights_of_filter());
    }
};

}  // namespace nonzero::phantom
