#pragma once
// Sequencer of Phantom-2D: the jobs of phantom_facts.md 9 rule 2 are those of a BarrierEngine. In each it sends the
// filters over their lanes (once, where successive jobs have the same), the inputs over the row lanes, and has the
// cores work; the slowest of them and the fill end the job. Regions: models/masked/packed_operands.h; their bytes are
// checked before use. Memory is ideal for the layer's cycles: masks, inputs and all weights are read before the first
// one.
//
// Counters beside the base's: activation_bytes, weight_bytes (as they are read, masks included; a counted layer has the
// same), output_bytes.

#include <systemc>

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "models/base/stream.h"
#include "models/engine/barrier_engine.h"
#include "models/masked/memory_side.h"
#include "models/phantom/messages.h"

namespace nonzero::phantom {

class Sequencer : public BarrierEngine {
  public:
    Sequencer(sc_core::sc_module_name name, const PhantomParameters& parameters, const Clocking& clock,
              Statistics& statistics, TracePlayer* trace);

    sc_core::sc_vector<StreamInitiator<OperandBlock>> weights;      // one for each filter lane
    sc_core::sc_vector<StreamInitiator<OperandBlock>> activations;  // one for each row lane
    sc_core::sc_vector<StreamInitiator<CoreCommand>> cores;         // row by row
    StreamInitiator<masked::OutputCommand> outputs;

    std::uint32_t capabilities() const override;
    void reset() override;

  private:
    nz_error check(const nz_descriptor& descriptor) const override;
    void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) override;
    std::optional<Cycles> compute(int job, const JobFetch& fetched, Completion& completion) override;
    void settle(int job, Cycles cycles) override;
    std::span<const std::uint8_t> output(Completion& completion) override;

    void send_filters(const Range& places);
    void send_inputs(const std::vector<CoreTask>& tasks);
    // What the cores that work on a part read of the channels from `channel` on.
    OperandBlock inputs_of(std::size_t channel, const Range& part);
    void send_neurons(const std::vector<CoreTask>& tasks);

    const PhantomParameters parameters_;
    std::unique_ptr<LayerPlan> plan_;
    MaskedTensor input_;
    masked::Filters filters_;
    Range sent_;                                                          // places whose filters the cores have
    std::map<std::pair<std::size_t, std::size_t>, OperandBlock> inputs_;  // by channel and begin of the part
    std::vector<CoreTask> tasks_;                                         // of the job
    Cycles fill_ = 0;                                                     // of the job

    masked::MemorySide memory_;
};

}  // namespace nonzero::phantom
