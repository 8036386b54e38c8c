#pragma once
// Messages between the blocks of DeMM. Spans and pointers are valid during the call only.

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/base/planar_split.h"
#include "models/demm/packed_rows.h"
#include "models/gemm/gemm_plan.h"

namespace nonzero::demm {

// Sequencer -> row streamer: the weights of a layer (set-up), the tiles of convolution group 0 first. Packed: one tile
// after the other as workloads/formats/nm_packed.h has it. Only counted: u16 weights of every row of every tile.
struct WeightLoad {
    const gemm::GemmPlan* plan = nullptr;
    std::optional<int> uniform;  // slots of every row
    std::span<const std::uint8_t> bytes;
    bool malformed = false;          // result
    std::vector<Cycles> slots;       // result: of each tile
    std::uint64_t packed_bytes = 0;  // result: what the packed tiles take
    std::uint64_t payload_bytes() const { return bytes.size(); }
};

// Sequencer -> row streamer: stream the rows of a tile of A against the tile of B in a bank. The delay grows by the
// tile's slots.
struct TileJob {
    int convolution_group = 0;
    int k_tile = 0;
    Range p;  // columns of B
    int bank = 0;
    int activation_bits = 16;           // that these columns need
    std::uint64_t products = 0;         // result
    std::uint64_t useful_products = 0;  // result; none of a counted layer
    std::uint64_t payload_bytes() const { return 0; }
};

// Row streamer -> multiply-add array: the slots of a tile.
struct RowBlock {
    const PackedRows* rows = nullptr;
    int weight_bits = 16;  // that these weights need
    TileJob* job = nullptr;
    std::uint64_t entry_bits = 0;  // a weight and its row of the memory, on the wires
    int ports = 0;
    std::uint64_t payload_bytes() const { return rows->slots * std::uint64_t(ports) * entry_bits / 8; }
};

// Bits that address one of m rows.
constexpr int address_bits(int m) {
    return int(std::bit_width(unsigned(m - 1)));
}

}  // namespace nonzero::demm
