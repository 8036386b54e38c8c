#pragma once
// Messages between the blocks of the dense machines. Spans and pointers are valid during the call only, unless said.

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/base/planar_split.h"
#include "models/dense/schedule.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::dense {

// Sequencer -> multiplier array: the weights of a layer (set-up), int16, (groups * Mo) x K. A counted layer has none.
struct WeightLoad {
    const gemm::GemmPlan* plan = nullptr;  // valid until the next load
    std::span<const std::uint8_t> bytes;
    int bits = 0;  // result: the width that they need
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

// Sequencer -> multiplier array: the activations that the next jobs share, columns p of B of neighbouring convolution
// groups, K rows each. Words behind the last column are zeros. A counted layer has none.
struct OperandTile {
    int first_group = 0;
    int groups = 1;
    Range p;
    int activation_bits = 0;
    std::span<const std::int16_t> words;  // stays valid until the next tile
    std::size_t row_stride = 0;
    std::uint64_t payload_bytes() const { return words.size_bytes(); }
};

// Sequencer -> multiplier array: filters against the tile. The delay grows by the job's cycles.
struct FilterJob {
    Range filters;                      // of all groups'
    Cost cost;                          // Schedule::next()
    std::uint64_t products = 0;         // result
    std::uint64_t useful_products = 0;  // result; none of a counted layer
    std::uint64_t payload_bytes() const { return sizeof(filters); }
};

}  // namespace nonzero::dense
