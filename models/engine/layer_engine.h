#pragma once
// The way of a layer through an accelerator, the same for all of them: check, set-up, first cycle, run, output. A new
// accelerator derives from it and says, in the order in which it is asked,
//
//   capabilities()  which opcodes it runs;
//   check()         why it cannot run a descriptor; nothing has been read yet;
//   load_input()    how activations come on chip: asked by LOAD and by layers whose input is not resident. A machine
//                   without LOAD leaves this and same_input() out and reads them in set_up();
//   same_input()    whether the input of a LOAD serves a layer;
//   set_up()        what else it reads and prepares before the layer's first cycle;
//   run()           what happens from cycle 0 to the last one: blocks are sent work, advance_to() waits, show() draws;
//   output()        the bytes of the layer's output; none of a counted layer (COUNT_ONLY);
//   output_written()  what of it may go: it is in memory;
//   reset()         how its blocks forget what is open, then LayerEngine::reset().
//
// Waiting is the WorkContext's alone. What cannot be run ends by a throw of Fault. Where all units work on one job
// after another up to a barrier, BarrierEngine (barrier_engine.h) has run() already.
// Counters: layers, layer_cycles, setup_cycles.

#include <systemc>

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/host/engine.h"
#include "models/trace/trace.h"

namespace nonzero {

class LayerEngine : public sc_core::sc_module, public Engine {
  public:
    Completion execute(const nz_descriptor& descriptor, WorkContext& context) final;
    void reset() override;

  protected:
    LayerEngine(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics, TracePlayer* trace);

    virtual nz_error check(const nz_descriptor& descriptor) const = 0;
    virtual void load_input(const nz_descriptor& /*descriptor*/, WorkContext& /*context*/) {}
    virtual bool same_input(const nz_descriptor& /*load*/, const nz_descriptor& /*layer*/) const { return false; }
    virtual void set_up(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) = 0;
    // Returns the layer's cycles; products go to the completion.
    virtual Cycles run(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) = 0;
    // Overflows go to the completion. The bytes stay until output_written(), the next set_up() or reset().
    virtual std::span<const std::uint8_t> output(Completion& completion) = 0;
    virtual void output_written() {}

    const Clocking& clock() const { return clock_; }
    TracePlayer* player() const { return trace_; }
    // Whose input is on chip: a LOAD, or the layer itself.
    const nz_descriptor& loaded() const { return loaded_; }

    // Inside run(): cycles of the layer ------------------------------------------------------------------------------
    sc_core::sc_time time_of(Cycles cycle) const { return clock_.after(layer_start_, cycle); }
    Cycles now() const { return clock_.cycles(sc_core::sc_time_stamp() - layer_start_); }
    void advance_to(Cycles cycle, WorkContext& context) const { context.wait_until(time_of(cycle)); }
    // An activity on its signal and as a slice of its track.
    void show(SignalId signal, const std::string& track, const std::string& label, Cycles begin, Cycles cycles,
              const std::map<std::string, std::uint64_t>& arguments = {}) const;

  private:
    Completion load(const nz_descriptor& descriptor, WorkContext& context);
    Completion run_layer(const nz_descriptor& descriptor, WorkContext& context);
    void take_input(const nz_descriptor& descriptor, WorkContext& context);
    void write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion);

    const Clocking& clock_;
    TracePlayer* trace_;
    bool resident_ = false;  // by a LOAD
    nz_descriptor loaded_{};
    sc_core::sc_time layer_start_;

    Counter& layers_;
    Counter& layer_cycles_;
    Counter& setup_cycles_;
};

}  // namespace nonzero
