#include "models/pe_array/sequencer.h"

#include <string>

#include "models/host/descriptor_check.h"
#include "models/post/read_post_processor.h"

namespace nonzero::pe_array {

PeArraySequencer::PeArraySequencer(sc_core::sc_module_name name, const PeArrayParameters& parameters,
                                   const Clocking& clock, Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      read_out("read_out", std::size_t(parameters.pes())),
      pooling(std::size_t(parameters.pes())),
      parameters_(parameters),
      clock_(clock),
      trace_(trace),
      computing_signal_(declare_signal(trace, *this, "computing", 1)),
      layers_(statistics.counter(*this, "layers", CounterKind::count, "layers finished")),
      groups_(statistics.counter(*this, "groups", CounterKind::count, "output-channel groups computed")),
      layer_cycles_(statistics.counter(*this, "layer_cycles", CounterKind::cycles, "cycles of finished layers")),
      setup_cycles_(statistics.counter(*this, "setup_cycles", CounterKind::cycles,
                                       "reading what the layer needs before its first cycle")),
      compute_cycles_(statistics.counter(*this, "computing", CounterKind::cycles, "a group computes")),
      memory_(statistics.counter(*this, "memory", CounterKind::cycles, "nothing computes: weights not there")),
      weight_bytes_(statistics.counter(*this, "weight_broadcast_bytes", CounterKind::bytes,
                                       "weights broadcast to the PEs, or sent to one each")),
      dram_weight_bytes_(statistics.counter(*this, "dram_weight_bytes", CounterKind::bytes,
                                            "weights that a running machine reads from DRAM")),
      dram_activation_read_bytes_(statistics.counter(*this, "dram_activation_read_bytes", CounterKind::bytes,
                                                     "activations that do not fit on chip, read from DRAM")),
      dram_activation_write_bytes_(statistics.counter(*this, "dram_activation_write_bytes", CounterKind::bytes,
                                                      "outputs that do not fit on chip")),
      temporal_tiles_(statistics.counter(*this, "temporal_tiles", CounterKind::maximum,
                                         "fillings of the activation RAM, the fullest one's")) {
    check_widths(parameters);
}

std::uint32_t PeArraySequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED | 1U << NZ_OP_LOAD;
}

Completion PeArraySequencer::execute(const nz_descriptor& descriptor, WorkContext& context) {
    if (const nz_error error = check(descriptor); error != NZ_ERROR_NONE) {
        throw Fault{error};
    }
    return descriptor.opcode == NZ_OP_LOAD ? load(descriptor, context) : run_layer(descriptor, context);
}

void PeArraySequencer::reset() {
    resident_ = false;
    fetch_.reset();
    plan_.reset();
    drains_.clear();
    if (trace_ != nullptr) {
        trace_->discard_future();
    }
}

void PeArraySequencer::take_inputs(const nz_descriptor& descriptor, WorkContext& context) {
    resident_ = false;
    loaded_ = descriptor;
    loaded_bytes_ = send_inputs(descriptor, context);
}

Completion PeArraySequencer::load(const nz_descriptor& descriptor, WorkContext& context) {
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    take_inputs(descriptor, context);
    resident_ = true;
    Completion completion;
    completion.cycles = clock_.cycles(sc_core::sc_time_stamp() - begin);
    setup_cycles_.add(completion.cycles);
    return completion;
}

Completion PeArraySequencer::run_layer(const nz_descriptor& descriptor, WorkContext& context) {
    const bool resident = (descriptor.flags & NZ_FLAG_INPUT_RESIDENT) != 0;
    if (resident && (!resident_ || !same_input(loaded_, descriptor))) {
        throw Fault{NZ_ERROR_NOT_RESIDENT};
    }
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    if (!resident) {
        take_inputs(descriptor, context);
    }
    prepare(descriptor, context);
    Completion completion;
    run_groups(descriptor, context, completion);
    completion.start = layer_start_;
    setup_cycles_.add(clock_.cycles(layer_start_ - begin));
    completion.output_bytes = write_output(descriptor, context, completion);
    layers_.add();
    return completion;
}

void PeArraySequencer::prepare(const nz_descriptor& descriptor, WorkContext& context) {
    plan_ = make_plan(descriptor);
    plan_->count_only = (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0;
    plan_->raw64 = descriptor.output_type == NZ_TYPE_RAW64;
    plan_->post_processor =
        read_post_processor(descriptor, context, parameters_.accumulator_bits, parameters_.operand_bits);
    if (const auto asked = pooling_of(descriptor)) {
        const PeArrayGeometry& array = plan_->array();
        plan_->pooling.emplace(*asked, array.shape.P, array.shape.Q, array.pe_rows, array.pe_columns);
        pooling.begin_layer(*plan_->pooling, array.channel_groups.front().k_count);
    }
    const std::optional<TemporalTiling> tiling = configure();
    if (!tiling) {
        throw Fault{NZ_ERROR_DATA, loaded_.input.address};
    }
    tiling_ = *tiling;
    temporal_tiles_.raise_to(tiling_.tiles);
    OutputReadOut clear;
    clear.begin = true;
    send_to_all(read_out, clear);
}

void PeArraySequencer::run_groups(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    fetch_ = make_fetch(descriptor, context);
    if (parameters_.memory_timing == MemoryTiming::ideal) {
        fetch_->read_all();
    }
    recurrence_ = {};
    drains_.clear();
    layer_start_ = sc_core::sc_time_stamp();
    fetch_->start(0);
    for (std::size_t group = 0; group < plan_->array().channel_groups.size(); ++group) {
        const int index = int(group);
        fetch_->wait(group);
        const Cycles start = recurrence_.start(clock_.cycles(sc_core::sc_time_stamp() - layer_start_));
        advance_to(start, context);
        fetch_->start(group + 1);
        const std::optional<Cycles> cycles = compute_group(index, *fetch_, completion);
        if (!cycles) {
            throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
        }
        const Cycles end = recurrence_.compute(*cycles);
        show(computing_signal_, "computing", index, start, *cycles);
        advance_to(end, context);
        settle(index, *cycles);
        compute_cycles_.add(*cycles);
        groups_.add();

        const Cycles draining = drain(index);
        const Cycles drained = recurrence_.drain(draining);
        show_drain(index, drained - draining, draining);
        drains_.push_back({drained, draining, index});
        advance_to(end, context);
    }
    dram_activation_read_bytes_.add(loaded_bytes_.size * tiling_.activation_reads);
    completion.cycles = recurrence_.finish();
    advance_to(completion.cycles, context);
    layer_cycles_.add(completion.cycles);
    memory_.add(recurrence_.memory() * read_out.size());
}

void PeArraySequencer::advance_to(Cycles cycle, WorkContext& context) {
    while (!drains_.empty() && drains_.front().end <= cycle) {
        const Drain drain = drains_.front();
        context.wait_until(clock_.after(layer_start_, drain.end));
        drains_.pop_front();
        finish_drain(drain.group, drain.cycles);
        if (plan_->pooling) {
            pooling.pool_group(plan_->array().channel_groups[std::size_t(drain.group)].k_count);
        }
    }
    context.wait_until(clock_.after(layer_start_, cycle));
}

std::uint64_t PeArraySequencer::write_output(const nz_descriptor& descriptor, WorkContext& context,
                                             Completion& completion) {
    std::vector<std::vector<std::uint8_t>> parts(read_out.size());
    bool fits = true;
    for (std::size_t pe = 0; pe < parts.size(); ++pe) {
        OutputReadOut request;
        request.bytes = &parts[pe];
        sc_core::sc_time delay;
        read_out[pe].send(request, delay);
        completion.overflows += request.overflows;
        fits = fits && request.fits;
    }
    const StoredOutput output = store_output(parts, fits);
    dram_activation_write_bytes_.add(output.dram_bytes);
    if (output.bytes.size() > descriptor.output.size) {
        throw Fault{NZ_ERROR_OUTPUT_SIZE, descriptor.output.address};
    }
    if (!output.bytes.empty()) {
        context.write(descriptor.output.address, output.bytes.data(), output.bytes.size());
    }
    return output.bytes.size();
}

void PeArraySequencer::count_weights(std::uint64_t bytes) {
    weight_bytes_.add(bytes * tiling_.weight_reads);
    dram_weight_bytes_.add(bytes * tiling_.weight_reads);
}

void PeArraySequencer::show(SignalId signal, const char* track, int group, Cycles begin, Cycles cycles) {
    show_activity(trace_, *this, clock_, {signal, track, "group " + std::to_string(group)},
                  clock_.after(layer_start_, begin), cycles);
}

}  // namespace nonzero::pe_array
