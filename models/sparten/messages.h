#pragma once
// Messages between the blocks of SparTen. Spans and pointers are valid during the call only, unless said.

#include <cstdint>
#include <memory>
#include <span>

#include "models/base/cycles.h"
#include "models/masked/messages.h"
#include "models/sparten/chunk_products.h"

namespace nonzero::sparten {

// Sequencer -> cluster: masks and values of a block of filters, which stay until the next one.
struct BlockLoad {
    std::shared_ptr<const FilterBlock> block;
    std::uint64_t bits = 0;
    std::uint64_t payload_bytes() const { return (bits + 7) / 8; }
};

// Cluster -> compute unit: what of it the unit works on.
struct UnitLoad {
    std::shared_ptr<const FilterBlock> block;
    UnitFilters filters;
    std::uint64_t bits = 0;
    std::uint64_t payload_bytes() const { return (bits + 7) / 8; }
};

// Sequencer -> cluster: masks and values of neighbouring output cells' inputs. The delay grows by the block's cycles at
// these cells.
struct CellRun {
    Range cells;
    std::shared_ptr<const Vectors> vectors;  // block.groups.size() of each cell
    std::uint64_t bits = 0;
    std::uint64_t products = 0;  // result
    std::uint64_t payload_bytes() const { return (bits + 7) / 8; }
};

// Cluster -> compute unit: the same, broadcast.
struct UnitRun {
    std::shared_ptr<const Vectors> vectors;
    std::uint64_t bits = 0;
    // Results: valid until the unit's next run.
    std::span<const std::uint32_t> times;  // chunks x cells
    std::span<const std::int64_t> sums;    // chunks x slots x cells
    std::uint64_t products = 0;
    std::uint64_t payload_bytes() const { return (bits + 7) / 8; }
};

// Sequencer -> cluster -> compute units.
struct ClusterCommand {
    enum class Kind {
        begin,   // a layer
        settle,  // it has ended
        discard
    };
    Kind kind = Kind::begin;
    const LayerPlan* plan = nullptr;  // of begin: valid until the next one, or discard
    Cycles cycles = 0;                // of settle: the layer's
    std::uint64_t payload_bytes() const { return 4; }
};

}  // namespace nonzero::sparten
