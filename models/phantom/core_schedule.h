#pragma once
// How long a core takes for its part of a job: three PEs, each with the stream of the columns that are mapped to it
// (phantom_facts.md 9 rules 2 to 10, 9.4). Plain C++.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/phantom/bit_rows.h"
#include "models/phantom/entry_stream.h"
#include "models/phantom/geometry.h"
#include "models/phantom/selection.h"

namespace nonzero::phantom {

inline constexpr int kPes = 3;  // of a core, as many as a plane has columns

// When the PEs of a core wait for each other.
enum class ColumnBarrier {
    none,   // at the end of the job only
    plane,  // at the end of each plane
    batch   // and of each `lookahead` windows of it
};

struct CoreRules {
    SelectionRules selection;
    ColumnBarrier barrier = ColumnBarrier::none;
    bool run_on = true;            // look-ahead windows go on across the ends of planes
    std::size_t buffer_depth = 0;  // slots of the output buffer; 0: unlimited
};

struct CoreTime {
    Cycles cycles = 0;
    // Of all PEs
    Cycles busy = 0;  // an entry was taken, or a window of zeros spent
    Cycles zero_windows = 0;
    Cycles stall = 0;  // no entry could be taken because of the output buffer
};

// Which columns of its planes each PE of a core works on, in order; masks are rows 9 * plane + tap. Columns that are
// dropped are not among them.
struct PlannedColumns {
    std::size_t planes = 0;
    std::array<std::vector<MaskColumn>, kPes> of_pe;
};

class CoreSchedule {
  public:
    // The columns of each plane that have work, and which PE works on them.
    void load(const PlannedColumns& columns, const BitRows& masks, std::size_t windows);

    std::uint64_t entries() const;
    std::uint64_t products() const;
    CoreTime time(const CoreRules& rules) const;

  private:
    struct Pe {
        EntryStream stream;
        std::vector<MaskColumn> columns;
        std::size_t plane(std::size_t column) const { return columns[column].row / kPlaneTaps; }
        bool works_on(std::size_t column, std::size_t of_plane) const {
            return column < columns.size() && plane(column) == of_plane;
        }
    };
    class BufferedPe;

    CoreTime free_time(const CoreRules& rules) const;
    CoreTime barrier_time(const CoreRules& rules) const;
    CoreTime buffered_time(const CoreRules& rules) const;

    std::array<Pe, kPes> pes_;
    std::size_t windows_ = 0;
    std::size_t planes_ = 0;
};

}  // namespace nonzero::phantom
