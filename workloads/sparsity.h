#pragma once
// Generated operands. Boost.Random engines and distributions, one stream per (seed, layer name, tensor), so that a
// layer's data does not depend on which other layers are generated. Weights are signed, activations follow a ReLU and are
// positive; magnitudes are 8 bit (1..127 and 1..255), so that sums stay inside a 24-bit accumulator.

#include <cstdint>
#include <string>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

enum class SparsityPattern {
    uniform,     // every element is non-zero with the same probability, independently
    correlated,  // activations: blobs in space shared by channels; weights: density spread over filters and channels
};

// Throws InputError when density is outside 0..1.
Operands generate_weights(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed);
Operands generate_activations(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed);

double density(const Operands& tensor);
std::uint64_t non_zeros(const Operands& tensor);
// Products of two non-zero operands that land inside the output plane.
std::uint64_t useful_products(const Layer& layer, const Operands& input, const Operands& weights);

}  // namespace nonzero
