#pragma once
// Where the tensors of a layer come from: generated at given densities, hashed from their places, or stored in a data
// set. A source is a value; the same source gives the same tensors in every process.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "workloads/hashed_operands.h"
#include "workloads/import.h"
#include "workloads/layer.h"
#include "workloads/sparsity.h"

namespace nonzero {

// A layer of a data set with one of its photos.
struct StoredTensors {
    const RealNetwork* network = nullptr;
    const RealLayer* layer = nullptr;
    std::string photo;  // empty for the first
};

// sparsity.h. No bias.
struct GeneratedTensors {
    SparsityPattern pattern = SparsityPattern::uniform;
    std::uint64_t seed = 1;
    double weight_density = 1;
    double activation_density = 1;
    std::optional<StoredTensors> like;  // whose densities are taken in place of these
    int operand_bits = 16;              // that the values fit (narrow_operands.h)
};

// hashed_operands.h. No bias.
struct HashedTensors {
    std::uint32_t index = 0;  // of the layer among those with weights
    WeightPlaces places;
    int operand_bits = 16;
};

using TensorSource = std::variant<GeneratedTensors, HashedTensors, StoredTensors>;

// InputError for a density outside 0 .. 1 and for damaged files of a data set.
LayerTensors tensors_of(const Layer& layer, const TensorSource& source);

}  // namespace nonzero
