#pragma once
// Cluster of Eyeriss v2: routers that give weights to rows and inputs to columns of PEs, send sums up through the PEs
// of a column, and wait for the slowest PE of a pass.
//
// Counters in PE cycles: barrier (another PE still works), unmapped (nothing of the pass), fill. Others: cycles (of
// this cluster's slowest PEs), weight_bytes and activation_bytes (compressed columns that reached the cluster), psums
// (sums that left it).

#include <systemc>

#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/eyeriss_v2/messages.h"

namespace nonzero::eyeriss_v2 {

class Cluster : public sc_core::sc_module {
  public:
    // row, column: of the cluster in the mesh.
    Cluster(sc_core::sc_module_name name, const EyerissV2Parameters& parameters, std::size_t row, std::size_t column,
            const Clocking& clock, Statistics& statistics);

    StreamTarget<ClusterCommand> control;
    StreamTarget<WeightLoad> weights;
    StreamTarget<PassRun> passes;
    // Of the PEs, row by row.
    sc_core::sc_vector<StreamInitiator<ClusterCommand>> pe_controls;
    sc_core::sc_vector<StreamInitiator<WeightLoad>> pe_weights;
    sc_core::sc_vector<StreamInitiator<PeRun>> pe_passes;
    StreamInitiator<PsumRow> psums;

  private:
    void command(const ClusterCommand& command);
    void take(const WeightLoad& load);
    void work(PassRun& run, sc_core::sc_time& delay);
    // The PEs of a column, from the lowest to the one that sends their sums on.
    void work_column(std::size_t column, PassRun& run);
    void send_sums(const PeShare& share);
    PePlace place_of(std::size_t row, std::size_t column) const { return {row_, column_, row, column}; }

    const std::size_t row_;
    const std::size_t column_;
    const std::size_t pe_rows_;
    const std::size_t pe_columns_;
    const std::uint64_t fill_;
    const Clocking& clock_;
    const LayerPlan* plan_ = nullptr;
    bool narrow_ = true;
    AlignedVector<std::int32_t> sums_;
    AlignedVector<std::int64_t> wide_sums_;
    // Of the pass.
    Cycles longest_ = 0;
    Cycles worked_ = 0;
    std::uint64_t mapped_ = 0;

    Counter& barrier_;
    Counter& unmapped_;
    Counter& fill_cycles_;
    Counter& cycles_;
    Counter& weight_bytes_;
    Counter& activation_bytes_;
    Counter& psums_sent_;
};

}  // namespace nonzero::eyeriss_v2
