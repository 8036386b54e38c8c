#pragma once
// Messages around the post-processing units of an array of PEs. Spans and pointers are valid during the call only.

#include <cstdint>
#include <span>
#include <vector>

#include "models/pe_array/layer_plan.h"

namespace nonzero::pe_array {

// PE -> post-processing unit: the finished sums of output channels [k_begin, k_begin + k_count), [k][row][column] of
// the outputs that the PE owns. When only counting, sums may be missing.
struct PsumBlock {
    const PeArrayPlan* plan = nullptr;
    int pe = 0;
    int k_begin = 0;
    int k_count = 0;
    std::uint64_t outputs = 0;
    std::span<const std::int64_t> sums;
    std::span<const std::int32_t> narrow_sums{};  // in place of sums
    std::uint64_t payload_bytes() const {
        return plan == nullptr ? 0 : (outputs * std::uint64_t(plan->accumulator_bits) + 7) / 8;
    }
};

// Sequencer -> post-processing unit: bytes of the layer's output in OARAM. `begin` empties OARAM instead.
struct OutputReadOut {
    bool begin = false;
    std::vector<std::uint8_t>* bytes = nullptr;
    std::uint64_t overflows = 0;  // result
    bool fits = true;             // result: OARAM has room for the outputs
    std::uint64_t payload_bytes() const { return bytes == nullptr ? 0 : bytes->size(); }
};

}  // namespace nonzero::pe_array
