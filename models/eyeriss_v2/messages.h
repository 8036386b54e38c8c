#pragma once
// Messages between the blocks of Eyeriss v2. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <memory>
#include <span>

#include "models/base/cycles.h"
#include "models/eyeriss_v2/column_products.h"

namespace nonzero::eyeriss_v2 {

constexpr std::uint64_t bytes_of_bits(std::uint64_t bits) {
    return (bits + 7) / 8;
}

// Sequencer -> cluster: weights of a row of its PEs, or of one PE, which stay until the next pass that has others.
// Cluster -> PE: its own. None: the PE has nothing to do until then.
struct WeightLoad {
    std::size_t row = 0;      // of PEs
    std::size_t column = 0;   // of PEs
    std::size_t columns = 1;  // from there on, with the same weights
    std::size_t filters = 0;
    std::shared_ptr<const CompressedColumns> weights;
    std::uint64_t bits = 0;
    std::uint64_t payload_bytes() const { return bytes_of_bits(bits); }
};

// Sequencer -> cluster: the inputs of a pass. The delay grows by the cycles of the slowest of its PEs.
struct PassRun {
    Pass pass;
    std::shared_ptr<const InputRows> input;  // of which the pass has some rows
    std::uint64_t bits = 0;
    std::uint64_t products = 0;         // result
    std::uint64_t useful_products = 0;  // result
    std::uint64_t payload_bytes() const { return bytes_of_bits(bits); }
};

// Cluster -> PE: its rows of the input, and the sums of the PEs below, to which it adds. The delay grows by its cycles.
struct PeRun {
    InputRow row;
    std::shared_ptr<const InputRows> input;
    std::uint64_t bits = 0;
    std::span<std::int32_t> sums;  // Q x sums_stride(filters); of one of the two types, none of a counted layer
    std::span<std::int64_t> wide_sums;
    PeCounts counts;  // result
    std::uint64_t payload_bytes() const { return bytes_of_bits(bits); }
};

// Cluster -> psum buffer: what a column of PEs has added up.
struct PsumRow {
    Range filters;  // places in the order of work
    std::size_t output_row = 0;
    std::span<const std::int32_t> sums;  // as in PeRun
    std::span<const std::int64_t> wide_sums;
    std::uint64_t outputs = 0;
    int bits = 32;  // of a sum on the wires
    std::uint64_t payload_bytes() const { return bytes_of_bits(outputs * std::uint64_t(bits)); }
};

// Sequencer -> clusters -> PEs.
struct ClusterCommand {
    enum class Kind {
        begin,   // a layer
        settle,  // the pass has ended
        discard
    };
    Kind kind = Kind::begin;
    const LayerPlan* plan = nullptr;  // of begin: valid until the next one, or discard
    Cycles cycles = 0;                // of settle: of the pass's slowest PE
    std::uint64_t payload_bytes() const { return 4; }
};

// Sequencer -> psum buffer.
struct PsumCommand {
    enum class Kind {
        begin,  // filters, from zero
        finish  // them: their sums go to the output encoder
    };
    Kind kind = Kind::begin;
    const LayerPlan* plan = nullptr;  // valid until their end
    Range filters;
    std::uint64_t payload_bytes() const { return 4; }
};

}  // namespace nonzero::eyeriss_v2
