#pragma once
// How long the jobs of a layer take on the mesh, and where the cycles of its PEs go (phantom_facts.md 9 rules 3, 4, 5
// and 9, 9.3, 9.4). Plain C++: masks in, cycles out.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/phantom/core_task.h"
#include "models/phantom/layer_masks.h"

namespace nonzero::phantom {

struct TaskTime {
    CoreTime core;
    std::uint64_t entries = 0;
    std::uint64_t products = 0;
};

struct MeshTime {
    Cycles cycles = 0;
    std::uint64_t jobs = 0;
    std::uint64_t products = 0;
    std::uint64_t entries = 0;
    Cycles zero_windows = 0;
    // PE cycles: add up to the mesh's PEs x cycles.
    Cycles busy = 0;
    Cycles stall = 0;
    Cycles core_barrier = 0;  // the PE's stream has ended, another one's of its core has not
    Cycles mesh_barrier = 0;  // the core has ended, its job has not
    Cycles idle = 0;          // no task
    Cycles fill = 0;
};

class MeshSchedule {
  public:
    MeshSchedule(const LayerMasks& masks, const MeshRules& rules);

    // The tasks of a job; cores without one are left out.
    std::vector<CoreTask> tasks(std::size_t job) const;
    TaskTime time(const CoreTask& task);
    // The job as a whole, added up.
    void add_job(std::size_t job, MeshTime& time);
    // All jobs, one after another.
    MeshTime layer();
    // A core that is free takes the next task, in place of jobs.
    MeshTime dynamic_layer();

  private:
    const LayerMasks& masks_;
    const Geometry& geometry_;
    MeshRules rules_;
    std::vector<std::size_t> order_;  // filters, set after set
    CoreSchedule schedule_;
    // The inputs that the last task's taps read; the lanes of a job and the jobs of a tile share them.
    struct Moving {
        std::size_t channel = 0;
        Range part;
        BitRows bits;
    };
    std::vector<Moving> moving_;  // of each row lane
};

}  // namespace nonzero::phantom
