#pragma once
// Messages between the blocks of the toy machine. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <span>

#include "models/gemm/gemm_plan.h"

namespace nonzero::toy {

// Sequencer -> multiplier row: the weights of a layer (set-up), int16, (groups * Mo) x K. A counted layer has none.
struct WeightLoad {
    const gemm::GemmPlan* plan = nullptr;  // valid until the next load
    std::span<const std::uint8_t> bytes;
    bool malformed = false;  // result
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

// Sequencer -> multiplier row: all rows of A of a convolution group against a column of B. The delay grows by the
// slots. A counted layer has no words.
struct ColumnJob {
    int convolution_group = 0;
    int p = 0;
    std::span<const std::int16_t> words;
    std::uint64_t products = 0;         // result
    std::uint64_t useful_products = 0;  // result; none of a counted layer
    std::uint64_t payload_bytes() const { return words.size_bytes(); }
};

}  // namespace nonzero::toy
