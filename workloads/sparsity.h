#pragma once
// Generated operands. Boost.Random engines and distributions, one stream per (seed, layer name, tensor), so that a
// layer's data does not depend on which other layers are generated; the same on every platform. The stream is an
// mt19937_64 seeded with boost::random::seed_seq over the 32-bit words {seed low, seed high, tensor (1 weights,
// 2 activations), each byte of the name}. Weights are signed, activations follow a ReLU and are positive; magnitudes
// are 8 bit (1..127 and 1..255), so that sums stay inside a 24-bit accumulator. Machines whose operands are narrower
// than 9 bits get them folded (narrow_operands.h).

#include <cstdint>
#include <string>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

enum class SparsityPattern {
    uniform,  // every element is non-zero with the same probability, independently
    // Activations: blobs, random centres with a smooth fall-off, which the channels of a layer share but weight
    // differently; in each channel the highest elements are non-zero, so that every plane has the density, to one
    // element. Weights: every filter and every channel has its own density (0.5 to 1.5 times the mean where the mean
    // leaves the room); inside, elements are independent.
    correlated,
};

// Throws InputError when density is outside 0..1.
Operands generate_weights(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed);
Operands generate_activations(const Layer& layer, double density, SparsityPattern pattern, std::uint64_t seed);

double density(const Operands& tensor);
std::uint64_t non_zeros(const Operands& tensor);
// Products of two non-zero operands that land inside the output plane.
std::uint64_t useful_products(const Layer& layer, const Operands& input, const Operands& weights);

}  // namespace nonzero
