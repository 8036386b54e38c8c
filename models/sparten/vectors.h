#pragma once
// Filters and inputs of output cells as vectors of chunks (phantom_facts.md 9.5 rules 1 and 2). Plain C++.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "models/masked/filters.h"
#include "models/sparten/parameters.h"

namespace nonzero::sparten {

using masked::Range;

// Positions of a dot product, cut into chunks.
struct VectorShape {
    std::size_t positions = 1;
    std::size_t chunk_positions = 128;

    std::size_t chunks() const { return (positions + chunk_positions - 1) / chunk_positions; }
    std::size_t chunk_words() const { return masked::words_of(chunk_positions); }
    std::size_t words() const { return chunks() * chunk_words(); }
    Range chunk(std::size_t n) const { return {n * chunk_positions, std::min(positions, (n + 1) * chunk_positions)}; }
};

struct LayerPlan : masked::MaskedLayer {
    LayerPlan(const nz_descriptor& descriptor, const SpartenParameters& parameters);

    SpartenParameters parameters;
    VectorShape vectors;

    std::size_t channels_per_group() const { return std::size_t(shape.C / shape.groups); }
    std::size_t group_of(std::size_t filter) const { return filter / std::size_t(shape.K / shape.groups); }
    // Output cells of a cluster; those of a layer of one cell are all clusters', which share its blocks (rule 5).
    Range cells_of(std::size_t cluster) const;
    // Places, in the order of work, of the filters that run side by side.
    std::vector<Range> blocks() const;
};

// Masks, each chunk from a word of its own on, and values with their zeros; none of a counted layer.
struct Vectors {
    Vectors() = default;
    Vectors(const VectorShape& shape, std::size_t count, bool with_values);

    VectorShape shape;
    std::size_t count = 0;
    std::vector<std::uint64_t> masks;  // count x shape.words()
    std::vector<std::int16_t> values;  // count x shape.positions

    const std::uint64_t* mask(std::size_t vector, std::size_t chunk) const {
        return masks.data() + vector * shape.words() + chunk * shape.chunk_words();
    }
    std::uint64_t non_zeros() const;
};

// Filters that run side by side, in the order of work.
struct FilterBlock {
    std::vector<std::size_t> filters;   // which they are
    std::vector<std::uint32_t> inputs;  // of each: which of a cell's vectors it meets
    std::vector<std::size_t> groups;    // of each of a cell's vectors: its channels
    Vectors vectors;
    std::vector<std::uint32_t> places;  // chunks x filters: who is at a place in a chunk
};

FilterBlock filter_block(const LayerPlan& plan, const masked::Filters& filters, const Range& places);

// The input, channels fastest.
class InputMap {
  public:
    InputMap() = default;
    InputMap(const LayerPlan& plan, const masked::MaskedTensor& input);
    // The vectors of cells, one for each group of channels, cell by cell.
    Vectors cells(const LayerPlan& plan, const Range& cells, std::span<const std::size_t> groups) const;

  private:
    void append(const LayerPlan& plan, std::size_t cell, std::size_t group, Vectors& vectors, std::size_t vector) const;

    std::vector<std::uint64_t> masks_;  // a word more than elements need
    std::vector<std::int16_t> values_;
};

}  // namespace nonzero::sparten
