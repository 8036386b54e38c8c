#pragma once
// Sequencer of Eyeriss v2: cuts a layer into passes (pass_plan.h), sends the clusters compressed columns of weights and
// the rows of the input of each pass; the slowest PE of all clusters ends it (phantom_facts.md 9.6). Regions:
// models/masked/packed_operands.h; their bytes are checked before use. Memory is ideal: operands are read before the
// first cycle.
//
// Counters: passes, activation_bytes, weight_bytes, output_bytes (models/masked/memory_side.h). Waves: cluster_0_0 ..,
// whose integrals are the clusters' `cycles`.

#include <systemc>

#include <memory>
#include <vector>

#include "models/base/stream.h"
#include "models/engine/layer_engine.h"
#include "models/eyeriss_v2/messages.h"
#include "models/masked/memory_side.h"

namespace nonzero::eyeriss_v2 {

class Sequencer : public LayerEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const EyerissV2Parameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    // Of the clusters, row by row.
    sc_core::sc_vector<StreamInitiator<ClusterCommand>> controls;
    sc_core::sc_vector<StreamInitiator<WeightLoad>> weights;
    sc_core::sc_vector<StreamInitiator<PassRun>> passes;
    StreamInitiator<PsumCommand> psums;
    StreamInitiator<masked::OutputCommand> outputs;

    std::uint32_t capabilities() const override;
    void reset() override;

  private:
    nz_error check(const nz_descriptor& descriptor) const override;
    void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    std::span<const std::uint8_t> output(Completion& completion) override;

    PePlace place_of(std::size_t cluster, std::size_t row, std::size_t column) const;
    void command_psums(PsumCommand::Kind kind, const Range& filters);
    void send_weights(const Pass& block);
    void send_weights(std::size_t cluster, const Pass& block);
    // Returns its cycles.
    Cycles run_pass(const Pass& pass, Cycles begin, Completion& completion);
    std::uint64_t input_bits(std::size_t cluster, const Pass& pass) const;

    const EyerissV2Parameters parameters_;
    std::unique_ptr<LayerPlan> plan_;
    std::shared_ptr<const InputRows> input_;
    masked::Filters filters_;

    std::vector<SignalId> signals_;
    Counter& passes_;
    masked::MemorySide memory_;
};

}  // namespace nonzero::eyeriss_v2
