#pragma once
// What the sequencers of arrays of PEs do alike. Output channels are worked in groups, the jobs of a BarrierEngine: a
// group's weights go to the PEs, the slowest of them ends it, and what is left to do with its outputs (the drain) may
// overlap the next one. A machine's sequencer derives from it and says what happens in a group.
//
// LOAD brings the activations; with INPUT_RESIDENT a layer works on those of the last LOAD, else on its own, which take
// their place. A layer whose activations do not fit on chip is tiled through DRAM (temporal_tiling.h).
//
// memory.timing = ideal: all weights are read before the layer's first cycle. modelled: the weights of group g+1 are
// read while group g computes; a group starts when its weights are there. Bias and requantisation tables are read
// before the layer starts and outputs are written after it ends; neither is part of the layer's cycles. Pooling costs
// no cycles (scnn_facts.md 10.9 rule 13); values on their way to windows of other PEs travel over a mesh, whose packets
// are counted.

#include <systemc>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/engine/barrier_engine.h"
#include "models/pe_array/messages.h"
#include "models/pe_array/temporal_tiling.h"
#include "models/post/pooling_unit.h"

namespace nonzero::pe_array {

class PeArraySequencer : public BarrierEngine {
  public:
    sc_core::sc_vector<StreamInitiator<OutputReadOut>> read_out;  // one per PE
    PoolingControl pooling;

    std::uint32_t capabilities() const override;
    void reset() override;  // a sequencer that overrides it calls this one too

  protected:
    PeArraySequencer(sc_core::sc_module_name name, const PeArrayParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace);

    // The output of a layer, and what of it passes through DRAM because it does not fit on chip.
    struct StoredOutput {
        std::vector<std::uint8_t> bytes;
        std::uint64_t dram_bytes = 0;
    };

    // Asked of a layer beside what BarrierEngine asks, in this order --------------------------------------------------
    // Reads the activations and sends them to the PEs; returns where they lie.
    virtual nz_region send_inputs(const nz_descriptor& descriptor, WorkContext& context) = 0;
    virtual std::unique_ptr<PeArrayPlan> make_plan(const nz_descriptor& descriptor) = 0;
    // Has the PEs take their inputs; nullopt when these are malformed.
    virtual std::optional<TemporalTiling> configure() = 0;
    virtual std::unique_ptr<JobFetch> make_fetch(const nz_descriptor& descriptor, WorkContext& context) = 0;
    // parts: what the PEs stored. fits: all of them had room for it.
    virtual StoredOutput store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool fits) = 0;

    // All outputs of the group are at the post-processing units: a sequencer with a drain calls this one last.
    void end_drain(int group, Cycles cycles) override;

    // Inside these --------------------------------------------------------------------------------------------------
    const nz_region& input_bytes() const { return loaded_bytes_; }  // where the activations in use lie
    const TemporalTiling& tiling() const { return tiling_; }
    // Weights sent; of a tiled layer as often as its tiles need them.
    void count_weights(std::uint64_t bytes);

  private:
    void load_input(const nz_descriptor& descriptor, WorkContext& context) final;
    void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) final;
    Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) final;
    std::span<const std::uint8_t> output(Completion& completion) final;
    void output_written() final { output_ = {}; }

    const PeArrayParameters parameters_;
    nz_region loaded_bytes_{};  // what of loaded().input holds the activations
    std::unique_ptr<PeArrayPlan> plan_;
    TemporalTiling tiling_;
    StoredOutput output_;

    Counter& weight_bytes_;
    Counter& dram_weight_bytes_;
    Counter& dram_activation_read_bytes_;
    Counter& dram_activation_write_bytes_;
    Counter& temporal_tiles_;
};

}  // namespace nonzero::pe_array
