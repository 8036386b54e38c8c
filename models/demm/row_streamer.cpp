#include "models/demm/row_streamer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "models/demm/geometry.h"
#include "models/gemm/operand_width.h"

namespace nonzero::demm {

RowStreamer::RowStreamer(sc_core::sc_module_name name, const DemmParameters& parameters, Statistics& statistics)
    : sc_module(name),
      weights("weights", [this](WeightLoad& load, sc_core::sc_time&) { load.malformed = !take(load); }),
      jobs("jobs", [this](TileJob& job, sc_core::sc_time& delay) { stream(job, delay); }),
      rows("rows"),
      parameters_(parameters),
      format_{parameters.n, parameters.m},
      slots_(statistics.counter(*this, "slots", CounterKind::cycles, "slots streamed")),
      entry_bytes_(statistics.counter(*this, "entry_bytes", CounterKind::bytes,
                                      "weights and addresses streamed, padding included")) {}

bool RowStreamer::take(WeightLoad& load) {
    const GemmShape& shape = load.plan->shape;
    k_tiles_ = tiles_of(shape.K, parameters_.m);
    weight_bits_ = 1;
    tiles_.clear();
    const std::size_t tiles = std::size_t(shape.groups) * std::size_t(k_tiles_);
    tiles_.reserve(tiles);
    if (load.plan->count_only ? !take_counts(load, tiles) : !take_packed(load, tiles)) {
        return false;
    }
    for (const PackedRows& tile : tiles_) {
        load.slots.push_back(tile.slots);
        load.packed_bytes += nm_tile_bytes(std::size_t(shape.Mo), tile.slots, format_);
    }
    return true;
}

RowRule RowStreamer::rule_of(const WeightLoad& load, std::size_t tile) const {
    const Range columns = tile_range(load.plan->shape.K, parameters_.m, int(tile) % k_tiles_);
    return {parameters_.n, columns.size(), parameters_.operand_bits, load.uniform};
}

bool RowStreamer::take_packed(WeightLoad& load, std::size_t tiles) {
    std::span<const std::uint8_t> rest = load.bytes;
    for (std::size_t n = 0; n < tiles; ++n) {
        const auto tile = take_nm_tile(rest, format_);
        if (!tile || tile->row_slots.size() != std::size_t(load.plan->shape.Mo)) {
            return false;
        }
        auto arranged = arrange_rows(*tile, rule_of(load, n));
        if (!arranged) {
            return false;
        }
        weight_bits_ = std::max(weight_bits_, gemm::operand_width(arranged->values));
        tiles_.push_back(std::move(*arranged));
    }
    return rest.empty();
}

bool RowStreamer::take_counts(WeightLoad& load, std::size_t tiles) {
    const auto rows_of_tile = std::size_t(load.plan->shape.Mo);
    std::vector<std::uint16_t> counts(tiles * rows_of_tile);
    if (load.bytes.size() != counts.size() * sizeof(std::uint16_t)) {
        return false;
    }
    std::memcpy(counts.data(), load.bytes.data(), load.bytes.size());
    for (std::size_t n = 0; n < tiles; ++n) {
        auto counted = count_rows(std::span(counts).subspan(n * rows_of_tile, rows_of_tile), rule_of(load, n));
        if (!counted) {
            return false;
        }
        tiles_.push_back(std::move(*counted));
    }
    return true;
}

void RowStreamer::stream(TileJob& job, sc_core::sc_time& delay) {
    RowBlock block;
    block.rows = &tiles_.at(std::size_t(job.convolution_group) * std::size_t(k_tiles_) + std::size_t(job.k_tile));
    block.weight_bits = weight_bits_;
    block.job = &job;
    block.ports = parameters_.n;
    block.entry_bits = std::uint64_t(parameters_.operand_bits + address_bits(parameters_.m));
    slots_.add(block.rows->slots);
    entry_bytes_.add(block.payload_bytes());
    rows.send(block, delay);
}

}  // namespace nonzero::demm
