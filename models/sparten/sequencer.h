#pragma once
// Sequencer of SparTen: sends blocks of filters to the clusters and the inputs of the output cells that each of them
// has; the slowest cluster ends the layer (phantom_facts.md 9.5 rule 5). Regions: models/masked/packed_operands.h;
// their bytes are checked before use. Memory is ideal: operands are read before the first cycle.
//
// Counters: blocks (of filters, at a cluster), activation_bytes, weight_bytes (as they are read, masks included; a
// counted layer has the same), output_bytes. Waves: cluster_0 .., whose integrals are the clusters' `cycles`.

#include <systemc>

#include <memory>
#include <vector>

#include "models/base/stream.h"
#include "models/engine/layer_engine.h"
#include "models/masked/memory_side.h"
#include "models/sparten/messages.h"

namespace nonzero::sparten {

class Sequencer : public LayerEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const SpartenParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    sc_core::sc_vector<StreamInitiator<ClusterCommand>> controls;  // one for each cluster
    sc_core::sc_vector<StreamInitiator<BlockLoad>> filters;
    sc_core::sc_vector<StreamInitiator<CellRun>> cells;
    StreamInitiator<masked::OutputCommand> outputs;

    std::uint32_t capabilities() const override;
    void reset() override;

  private:
    nz_error check(const nz_descriptor& descriptor) const override;
    void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    std::span<const std::uint8_t> output(Completion& completion) override;

    void send_block(std::size_t cluster, const std::shared_ptr<const FilterBlock>& block);
    void run_cells(std::size_t cluster, const Range& run, const FilterBlock& block, Completion& completion);
    // A block at all cells of all clusters.
    void run_block(const std::shared_ptr<const FilterBlock>& block, WorkContext& context, Completion& completion);

    const SpartenParameters parameters_;
    std::unique_ptr<LayerPlan> plan_;
    InputMap input_;
    masked::Filters filters_;
    std::vector<Cycles> times_;  // of the clusters

    std::vector<SignalId> signals_;
    Counter& blocks_;
    masked::MemorySide memory_;
};

}  // namespace nonzero::sparten
