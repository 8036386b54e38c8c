#include "models/engine/layer_engine.h"

namespace nonzero {

LayerEngine::LayerEngine(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics,
                         TracePlayer* trace)
    : sc_module(name),
      clock_(clock),
      trace_(trace),
      layers_(statistics.counter(*this, "layers", CounterKind::count, "layers finished")),
      layer_cycles_(statistics.counter(*this, "layer_cycles", CounterKind::cycles, "cycles of finished layers")),
      setup_cycles_(statistics.counter(*this, "setup_cycles", CounterKind::cycles,
                                       "reading what the layer needs before its first cycle")) {}

Completion LayerEngine::execute(const nz_descriptor& descriptor, WorkContext& context) {
    if (const nz_error error = check(descriptor); error != NZ_ERROR_NONE) {
        throw Fault{error};
    }
    return descriptor.opcode == NZ_OP_LOAD ? load(descriptor, context) : run_layer(descriptor, context);
}

void LayerEngine::reset() {
    resident_ = false;
    if (trace_ != nullptr) {
        trace_->discard_future();
    }
}

void LayerEngine::take_input(const nz_descriptor& descriptor, WorkContext& context) {
    resident_ = false;
    loaded_ = descriptor;
    load_input(descriptor, context);
}

Completion LayerEngine::load(const nz_descriptor& descriptor, WorkContext& context) {
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    take_input(descriptor, context);
    resident_ = true;
    Completion completion;
    completion.cycles = clock_.cycles(sc_core::sc_time_stamp() - begin);
    setup_cycles_.add(completion.cycles);
    return completion;
}

Completion LayerEngine::run_layer(const nz_descriptor& descriptor, WorkContext& context) {
    const bool resident = (descriptor.flags & NZ_FLAG_INPUT_RESIDENT) != 0;
    if (resident && (!resident_ || !same_input(loaded_, descriptor))) {
        throw Fault{NZ_ERROR_NOT_RESIDENT};
    }
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    if (!resident) {
        take_input(descriptor, context);
    }
    Completion completion;
    set_up(descriptor, context, completion);
    layer_start_ = sc_core::sc_time_stamp();
    completion.start = layer_start_;
    setup_cycles_.add(clock_.cycles(layer_start_ - begin));
    completion.cycles = run(descriptor, context, completion);
    advance_to(completion.cycles, context);
    layer_cycles_.add(completion.cycles);
    write_output(descriptor, context, completion);
    layers_.add();
    return completion;
}

void LayerEngine::write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    const std::span<const std::uint8_t> bytes = output(completion);
    if (bytes.size() > descriptor.output.size) {
        throw Fault{NZ_ERROR_OUTPUT_SIZE, descriptor.output.address};
    }
    if (!bytes.empty()) {
        context.write(descriptor.output.address, bytes.data(), bytes.size());
    }
    completion.output_bytes = bytes.size();
    output_written();
}

void LayerEngine::show(SignalId signal, const std::string& track, const std::string& label, Cycles begin, Cycles cycles,
                       const std::map<std::string, std::uint64_t>& arguments) const {
    show_activity(trace_, *this, clock_, {signal, track, label}, time_of(begin), cycles, arguments);
}

}  // namespace nonzero
