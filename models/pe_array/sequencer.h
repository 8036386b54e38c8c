#pragma once
// What the sequencers of arrays of PEs do alike. Output channels are worked in groups: a group's weights go to the PEs,
// the slowest of them ends it (the barrier), and what is left to do with its outputs (the drain) may overlap the next
// one; when things happen is GroupRecurrence's. A machine's sequencer derives from it and says what happens in a group.
//
// LOAD brings the activations; with INPUT_RESIDENT a layer works on those of the last LOAD, else on its own, which take
// their place. A layer whose activations do not fit on chip is tiled through DRAM (temporal_tiling.h).
//
// memory.timing = ideal: all weights are read before the layer's first cycle. modelled: the weights of group g+1 are
// read while group g computes; a group starts when its weights are there. Bias and requantisation tables are read
// before the layer starts and outputs are written after it ends; neither is part of the layer's cycles. Pooling costs
// no cycles (SCNN card 10.9 rule 13); values on their way to windows of other PEs travel over a mesh, whose packets are
// counted.
//
// Counters in PE-cycles: memory (nothing computes: weights not there). Wave: computing.

#include <systemc>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/base/statistics.h"
#include "models/engine/group_recurrence.h"
#include "models/host/engine.h"
#include "models/pe_array/group_fetch.h"
#include "models/pe_array/messages.h"
#include "models/pe_array/temporal_tiling.h"
#include "models/post/pooling_unit.h"
#include "models/trace/trace.h"

namespace nonzero::pe_array {

class PeArraySequencer : public sc_core::sc_module, public Engine {
  public:
    sc_core::sc_vector<StreamInitiator<OutputReadOut>> read_out;  // one per PE
    PoolingControl pooling;

    std::uint32_t capabilities() const override;
    Completion execute(const nz_descriptor& descriptor, WorkContext& context) final;
    void reset() override;  // a sequencer that overrides it calls this one too

  protected:
    PeArraySequencer(sc_core::sc_module_name name, const PeArrayParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace);

    // The output of a layer, and what of it passes through DRAM because it does not fit on chip.
    struct StoredOutput {
        std::vector<std::uint8_t> bytes;
        std::uint64_t dram_bytes = 0;
    };

    // Asked in this order -------------------------------------------------------------------------------------------
    // Why this machine cannot run the descriptor, or NZ_ERROR_NONE.
    virtual nz_error check(const nz_descriptor& descriptor) const = 0;
    // Whether the activations of a LOAD, cut into the PEs' parts, serve a layer.
    virtual bool same_input(const nz_descriptor& load, const nz_descriptor& layer) const = 0;
    // Reads the activations and sends them to the PEs; returns where they lie.
    virtual nz_region send_inputs(const nz_descriptor& descriptor, WorkContext& context) = 0;
    virtual std::unique_ptr<PeArrayPlan> make_plan(const nz_descriptor& descriptor) = 0;
    // Has the PEs take their inputs; nullopt when these are malformed.
    virtual std::optional<TemporalTiling> configure() = 0;
    virtual std::unique_ptr<GroupFetch> make_fetch(const nz_descriptor& descriptor, WorkContext& context) = 0;
    // Sends the weights and has the group computed; cycles of the slowest PE, nullopt when the weights are malformed.
    virtual std::optional<Cycles> compute_group(int index, const GroupFetch& fetched, Completion& completion) = 0;
    // The barrier is reached: counters become visible.
    virtual void settle(int index, Cycles cycles) = 0;
    // The drain of a group: how many cycles it takes, when these are, and their end, when all outputs of the group have
    // to be at the post-processing units.
    virtual Cycles drain(int) { return 0; }
    virtual void show_drain(int, Cycles /*begin*/, Cycles /*cycles*/) {}
    virtual void finish_drain(int, Cycles /*cycles*/) {}
    // parts: what the PEs stored. fits: all of them had room for it.
    virtual StoredOutput store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool fits) = 0;

    // Inside these --------------------------------------------------------------------------------------------------
    const Clocking& clock() const { return clock_; }
    const nz_region& input_bytes() const { return loaded_bytes_; }  // where the activations in use lie
    const TemporalTiling& tiling() const { return tiling_; }
    const GroupRecurrence& recurrence() const { return recurrence_; }
    // Weights sent; of a tiled layer as often as its tiles need them.
    void count_weights(std::uint64_t bytes);
    // An activity of a group on its signal and track.
    void show(SignalId signal, const char* track, int group, Cycles begin, Cycles cycles);

  private:
    struct Drain {
        Cycles end;
        Cycles cycles;
        int group;
    };

    Completion load(const nz_descriptor& descriptor, WorkContext& context);
    Completion run_layer(const nz_descriptor& descriptor, WorkContext& context);
    void take_inputs(const nz_descriptor& descriptor, WorkContext& context);
    void prepare(const nz_descriptor& descriptor, WorkContext& context);
    void run_groups(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);
    // Waits until `cycle` of the layer and makes visible what ends on the way.
    void advance_to(Cycles cycle, WorkContext& context);
    std::uint64_t write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);

    const PeArrayParameters parameters_;
    const Clocking& clock_;
    TracePlayer* trace_;

    bool resident_ = false;
    nz_descriptor loaded_{};
    nz_region loaded_bytes_{};  // what of loaded_.input holds the activations
    std::unique_ptr<PeArrayPlan> plan_;
    TemporalTiling tiling_;
    // Outlives a fault or abort inside execute().
    std::unique_ptr<GroupFetch> fetch_;
    sc_core::sc_time layer_start_;
    GroupRecurrence recurrence_;
    std::deque<Drain> drains_;  // open ones

    SignalId computing_signal_;
    Counter& layers_;
    Counter& groups_;
    Counter& layer_cycles_;
    Counter& setup_cycles_;
    Counter& compute_cycles_;
    Counter& memory_;
    Counter& weight_bytes_;
    Counter& dram_weight_bytes_;
    Counter& dram_activation_read_bytes_;
    Counter& dram_activation_write_bytes_;
    Counter& temporal_tiles_;
};

}  // namespace nonzero::pe_array
