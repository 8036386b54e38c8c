#pragma once
// Cluster of SparTen: gives the filters of a block to its compute units, sends them the inputs of output cells, waits
// for the slowest unit at every chunk or at every cell (phantom_facts.md 9.5 rules 2 and 4), and collects partial sums.
//
// Counters in unit cycles: barrier (a unit waits for others), idle_unit (no filter of the block), idle_cluster (the
// layer's slowest cluster still works). Others: cycles (of this cluster), weight_bytes and activation_bytes (masks and
// values that reached the cluster), outputs.

#include <systemc>

#include <cstdint>
#include <memory>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/sparten/messages.h"

namespace nonzero::sparten {

class Cluster : public sc_core::sc_module {
  public:
    Cluster(sc_core::sc_module_name name, std::size_t units, const Clocking& clock, Statistics& statistics);

    StreamTarget<ClusterCommand> control;
    StreamTarget<BlockLoad> filters;
    StreamTarget<CellRun> cells;
    sc_core::sc_vector<StreamInitiator<ClusterCommand>> unit_controls;
    sc_core::sc_vector<StreamInitiator<UnitLoad>> unit_filters;
    sc_core::sc_vector<StreamInitiator<UnitRun>> unit_cells;
    StreamInitiator<masked::OutputSums> sums;

  private:
    void command(const ClusterCommand& command);
    void take(const BlockLoad& load);
    void work(CellRun& run, sc_core::sc_time& delay);
    // Units that have a filter of the block.
    std::size_t used_units() const;
    UnitFilters filters_of(std::size_t unit) const;
    void collect(std::size_t unit, const UnitRun& answer, std::size_t cells);
    void send_sums(const Range& cells);

    const Clocking& clock_;
    const LayerPlan* plan_ = nullptr;
    std::shared_ptr<const FilterBlock> block_;
    std::vector<UnitFilters> unit_work_;
    Cycles layer_cycles_ = 0;          // of this cluster
    std::vector<Cycles> unit_time_;    // up to each barrier
    std::vector<Cycles> longest_;      // of all units, at each barrier
    std::vector<std::int64_t> sums_;   // filters x cells
    std::vector<std::size_t> places_;  // of these

    Counter& barrier_;
    Counter& idle_unit_;
    Counter& idle_cluster_;
    Counter& cycles_;
    Counter& weight_bytes_;
    Counter& activation_bytes_;
    Counter& outputs_;
};

}  // namespace nonzero::sparten
