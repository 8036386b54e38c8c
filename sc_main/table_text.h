#pragma once
// What stands above and under the tables.

#include <string>
#include <vector>

#include "study/run.h"
#include "study/workload.h"

namespace nonzero {

// "generated data, seed 1; output …"
std::string data_line(const Workload& workload, bool values);

// "dram 59.1 %, crossbar* 12.0 %, …": the greatest first, a star on what rests on an estimate. Empty without parts.
std::string energy_shares(std::vector<ComponentCost> parts);

// Table and node of the prices.
std::string energy_source(const EnergyTable& table);

// A line for machines that compress outputs, where nothing computed them and so nobody knows their size; else empty.
std::string unknown_outputs_line(const std::vector<PlannedMachine>& machines, const Workload& workload,
                                 const PlannedRun& run);

// A line for each machine some of whose layers have a plane that leaves half of its PEs, or more, without work.
std::string idle_planes_lines(const Workload& workload, const std::vector<PlannedMachine>& machines);

}  // namespace nonzero
