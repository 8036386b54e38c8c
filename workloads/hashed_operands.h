#pragma once
// Operands that are a function of their place (demm_facts.md 10, "Deterministic matrices"), the same in every tool
// that follows it. Weights are 1..127 with a sign, activations -128..127.

#include <cstdint>
#include <variant>

#include "workloads/gemm.h"
#include "workloads/layer.h"
#include "workloads/nm.h"
#include "workloads/tensor.h"

namespace nonzero {

// The hash of all that follows; arithmetic modulo 2^32.
constexpr std::uint32_t mix(std::uint32_t x) {
    x ^= x >> 16;
    x *= 0x85EBCA6BU;
    x ^= x >> 13;
    x *= 0xC2B2AE35U;
    x ^= x >> 16;
    return x;
}

// Of the weight in a row (counted over all groups) and column of A (K columns). `layer` is the position of the layer
// among the layers with weights of its network, from 0; a single layer has 0. The scores of a matrix never tie.
constexpr std::uint32_t weight_score(std::uint32_t layer, std::uint32_t row, std::uint32_t column, std::uint32_t K) {
    return mix(row * K + column + 0x9E3779B9U * (layer + 1));
}

constexpr std::int16_t hashed_weight(std::uint32_t score) {
    const auto magnitude = static_cast<std::int16_t>(1 + (score >> 8) % 127);
    return (score & 0x80U) != 0 ? static_cast<std::int16_t>(-magnitude) : magnitude;
}

// Where weights are kept. Structured: the n lowest scores of each window of m.
struct UniformDensity {  // "uD": independently of each other, percent of all places
    int percent = 100;
};
struct ColumnGroups {  // `rows` consecutive rows of a group share their columns: the share n/m of all K (rounded up)
    NmPattern share;   // with the lowest scores in the first of these rows
    int rows = 128;
};
using WeightPlaces = std::variant<NmPattern, UniformDensity, ColumnGroups>;

// A of all groups, (groups * Mo) x K, row-major.
Operands hashed_matrix(const GemmShape& shape, std::uint32_t layer, const WeightPlaces& places);
// The same weights as the K x C/groups x KH x KW tensor of a layer.
Operands hashed_weights(const Layer& layer, std::uint32_t layer_index, const WeightPlaces& places);

// The activations of a layer, C x H x W: of channel c and place p of its plane. For gemm_layer() this is B with the
// row c = group * K + k.
Operands hashed_activations(const Layer& layer, std::uint32_t layer_index);

}  // namespace nonzero
