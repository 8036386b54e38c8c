#pragma once
// Messages between the blocks that all GEMM machines share. Spans and pointers are valid during the call only, unless
// said.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "models/base/planar_split.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::gemm {

// Engine -> activation buffer: the activations of a layer (set-up), C x H x W. A counted layer has none.
struct ActivationLoad {
    const GemmPlan* plan = nullptr;  // valid until the next load
    std::vector<std::int16_t> activations;
    int bits = 0;  // result: the width that they need, see operand_width.h
    std::uint64_t payload_bytes() const { return activations.size() * sizeof(std::int16_t); }
};

// Engine -> activation buffer: rows k and columns p of B of a convolution group; row k begins at out[(k - k.begin) *
// row_stride]. Costs no time: whether the engine waits for it is the engine's to say. Without `out` (a counted layer)
// it only counts.
struct ActivationTile {
    int convolution_group = 0;
    Range k;
    Range p;
    std::int16_t* out = nullptr;
    std::size_t row_stride = 0;
    std::uint64_t payload_bytes() const {
        return std::uint64_t(k.size()) * std::uint64_t(p.size()) * sizeof(std::int16_t);
    }
};

// Engine -> output buffer: partial sums, to be added to what is there. Row n of the block belongs to row rows[n] of the
// convolution group (with rows empty: first_row + n); its columns are p of B. The same row may come several times.
// Without sums (a counted layer) the block only counts.
struct PsumBlock {
    int convolution_group = 0;
    int first_row = 0;
    std::span<const std::uint32_t> rows;
    Range p;
    std::size_t count = 0;       // rows of the block
    std::size_t row_stride = 0;  // elements from one to the next
    // Doubles hold integers below 2^53.
    std::variant<std::span<const std::int32_t>, std::span<const double>> sums;
    int bits = 32;  // of a partial sum on the wires
    std::uint64_t payload_bytes() const { return count * std::uint64_t(p.size()) * std::uint64_t(bits) / 8; }
};

// Engine -> output buffer: begins a layer, or finishes it and hands its output over.
struct OutputCommand {
    enum class Kind { begin, finish };
    Kind kind = Kind::begin;
    const GemmPlan* plan = nullptr;       // valid until the next begin
    std::span<const std::uint8_t> bytes;  // result of finish: the output, valid until the next begin
    std::uint64_t overflows = 0;          // result of finish
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

}  // namespace nonzero::gemm
