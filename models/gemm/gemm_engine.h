#pragma once
// What the sequencers of all GEMM engines do alike: take a descriptor, read its operands before the layer's first
// cycle, run, and write the output behind its last one. A platform's sequencer derives from it and says what happens
// in between. Outside memory is ideal for the layer's cycles (DeMM card D14): reading and writing is set-up.
//
// A counted layer (COUNT_ONLY) reads the heads of its operands only (gemm_plan.h): the engine gets counts instead of
// weights, sends messages without data, and its counters are the same as with values.

#include <systemc>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/gemm/messages.h"
#include "models/host/engine.h"
#include "models/trace/trace.h"

namespace nonzero::gemm {

class GemmEngine : public sc_core::sc_module, public Engine {
  public:
    StreamInitiator<ActivationLoad> activations;  // bind to ActivationBuffer::load
    StreamInitiator<ActivationTile> tiles;        // bind to ActivationBuffer::tiles
    StreamInitiator<OutputCommand> outputs;       // bind to OutputBuffer::control

    std::uint32_t capabilities() const override;
    Completion execute(const nz_descriptor& descriptor, WorkContext& context) final;
    void reset() override;  // an engine that overrides it calls this one too

  protected:
    GemmEngine(sc_core::sc_module_name name, const GemmWidths& widths, const Clocking& clock, Statistics& statistics,
               TracePlayer* trace);

    // Asked in this order -------------------------------------------------------------------------------------------
    // Why this engine cannot run the layer, or NZ_ERROR_NONE.
    virtual nz_error check(const GemmPlan& plan) const = 0;
    // Bytes of the engine's own counts, and what its packed weights take at most.
    virtual std::uint64_t count_bytes(const GemmPlan& plan) const = 0;
    virtual std::uint64_t largest_weights(const GemmPlan& plan) const = 0;
    // The packed weights (or, of a counted layer, the counts) of the layer plan(). Bytes of the packed weights, also of
    // a counted layer; nullopt: malformed.
    virtual std::optional<std::uint64_t> take_weights(std::span<const std::uint8_t> bytes) = 0;
    // From cycle 0 to the last one; products, and useful ones unless only counting, go to the completion.
    virtual Cycles run(WorkContext& context, Completion& completion) = 0;

    // Inside run() --------------------------------------------------------------------------------------------------
    const GemmPlan& plan() const { return plan_; }
    int activation_width() const { return activation_width_; }  // bits, see operand_width.h
    const Clocking& clock() const { return clock_; }
    TracePlayer* player() const { return trace_; }
    sc_core::sc_time time_of(Cycles cycle) const { return clock_.after(layer_start_, cycle); }
    void advance_to(Cycles cycle, WorkContext& context) const { context.wait_until(time_of(cycle)); }
    // Shows an activity on its signal and as a slice of its track.
    void show(SignalId signal, const std::string& track, const std::string& label, Cycles begin, Cycles cycles,
              const std::map<std::string, std::uint64_t>& arguments = {}) const;

  private:
    void read_input(const nz_descriptor& descriptor, WorkContext& context);
    void read_weights(const nz_descriptor& descriptor, WorkContext& context);
    std::uint64_t count_useful_products(const nz_descriptor& descriptor, WorkContext& context) const;
    std::uint64_t write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);

    const GemmWidths widths_;
    const Clocking& clock_;
    TracePlayer* trace_;
    GemmPlan plan_;
    int activation_width_ = 0;
    sc_core::sc_time layer_start_;

    Counter& layers_;
    Counter& layer_cycles_;
    Counter& setup_cycles_;
    Counter& activation_bytes_;
    Counter& weight_bytes_;
    Counter& output_bytes_;
};

}  // namespace nonzero::gemm
