#pragma once
// What stands under a table about the energies in it.

#include <string>
#include <vector>

#include "sc_main/simulation.h"
#include "sc_main/workload.h"

namespace nonzero {

// "dram 59.1 %, crossbar* 12.0 %, …": the greatest first, a star on what rests on an estimate. Empty without parts.
std::string energy_shares(std::vector<ComponentCost> parts);

// Table and node of the prices.
std::string energy_source(const EnergyTable& table);

// A line for machines that compress outputs, where nothing computed them and so nobody knows their size; else empty.
std::string unknown_outputs_line(const std::vector<PlannedMachine>& machines, const Workload& workload,
                                 const SimulationOptions& simulation);

}  // namespace nonzero
