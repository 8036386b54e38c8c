#pragma once
// How a study is run: values or counts, the memory around the machines, prices, processes, traces.

#include <cstddef>
#include <vector>

#include "models/memory/dram.h"
#include "study/cost.h"
#include "study/machine.h"
#include "study/spec.h"

namespace nonzero {

struct PlannedRun {
    bool values = true;
    DramParameters dram;
    EnergyTable energy = EnergyTable::builtin();
    std::size_t jobs = 1;
    std::size_t threads = 1;     // of each job
    TraceFiles traces;           // of the first machine
    bool outputs = false;        // hand on what the machines put out
    bool own_processes = false;  // even for one job
};

// Throws InputError for what is out of range, and for an energy table that does not price one of the machines.
PlannedRun plan_run(const RunSpec& spec, const std::vector<PlannedMachine>& machines);

}  // namespace nonzero
