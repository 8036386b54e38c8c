#pragma once
// What a core has to do in a job, and its planes on the way into the core's schedule (phantom_facts.md 9 rules 2 to 5).
// Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/phantom/bit_rows.h"
#include "models/phantom/column_map.h"
#include "models/phantom/core_schedule.h"
#include "models/phantom/geometry.h"

namespace nonzero::phantom {

struct MeshRules {
    CoreRules core;
    bool one_pe = false;  // a core is one PE of nine threads
    bool drop_empty = true;
    MapRule map = MapRule::greedy;
    bool sort_filters = true;
    Cycles fill = 7;

    int pes() const { return one_pe ? 1 : kPes; }
};

// A task of a core: a filter, or neurons, on a part of the plane.
struct CoreTask {
    int core = 0;
    std::size_t filter = 0;
    std::vector<std::size_t> neurons;  // of a fully connected layer
    Range part;
};

// Windows of each of its planes, and outputs: those of every row of a depthwise strip.
std::size_t windows_of(const Geometry& geometry, const CoreTask& task);
std::size_t outputs_of(const Geometry& geometry, const CoreTask& task);

// The tasks of a job in the order of their cores, so that those of a row lane, which have the same inputs, follow each
// other; cores without one are left out.
std::vector<CoreTask> tasks_of_job(const Geometry& geometry, std::span<const std::size_t> order, std::size_t job);

// The columns of `planes` planes of a task, whose stationary masks repeat. By the map's estimates a column has as much
// work as it has stationary taps, or as the moving masks have bits in its rows, whatever stays.
PlannedColumns plan_columns(const MeshRules& rules, const PlaneBits& stationary, std::size_t planes);
PlannedColumns plan_columns(const MeshRules& rules, const PlaneBits& stationary, std::size_t planes,
                            const BitRows& moving);

}  // namespace nonzero::phantom
