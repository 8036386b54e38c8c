#pragma once
// What all blocks of Phantom-2D share of a layer, fixed before its first cycle. Plain C++.

#include "models/masked/masked_layer.h"
#include "models/phantom/geometry.h"
#include "models/phantom/parameters.h"

namespace nonzero::phantom {

inline Geometry geometry_of(const nz_descriptor& descriptor, const PhantomParameters& parameters) {
    return {masked::dilated_shape_of(descriptor), parameters.mesh_rows, parameters.mesh_columns};
}

struct LayerPlan : masked::MaskedLayer {
    LayerPlan(const nz_descriptor& descriptor, const PhantomParameters& parameters)
        : MaskedLayer(descriptor, parameters.operand_bits, parameters.accumulator_bits),
          geometry(geometry_of(descriptor, parameters)),
          rules(parameters.rules()),
          dense(parameters.mode == Mode::dense) {}

    Geometry geometry;
    MeshRules rules;
    bool dense;
};

}  // namespace nonzero::phantom
