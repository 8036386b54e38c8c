#pragma once
// Messages to the output encoder. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <span>

#include "models/masked/masked_layer.h"

namespace nonzero::masked {

// Unit -> output encoder: finished sums; none of a counted layer.
struct OutputSums {
    std::uint64_t outputs = 0;
    std::size_t first = 0;                // of K x P x Q, where they lie side by side
    std::span<const std::size_t> places;  // of each of them, where they do not
    std::span<const std::int64_t> sums;
    int bits = 32;  // of a sum on the wires
    std::uint64_t payload_bytes() const { return (outputs * std::uint64_t(bits) + 7) / 8; }
};

// Sequencer -> output encoder: begins a layer, or finishes it and hands its output over.
struct OutputCommand {
    enum class Kind { begin, finish };
    Kind kind = Kind::begin;
    const MaskedLayer* layer = nullptr;   // of begin: valid until the next one
    std::span<const std::uint8_t> bytes;  // result of finish: valid until the next begin
    std::uint64_t overflows = 0;          // result of finish
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

}  // namespace nonzero::masked
