#include "models/scnn/sequencer.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/common/descriptor_tables.h"
#include "models/scnn/block_stretch.h"
#include "models/scnn/descriptor_shape.h"
#include "models/scnn/output_image.h"

namespace nonzero::scnn {

Sequencer::Sequencer(sc_core::sc_module_name name, const ScnnParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      activations("activations", std::size_t(parameters.pes())),
      control("control", std::size_t(parameters.pes())),
      weights("weights", std::size_t(parameters.pes())),
      read_out("read_out", std::size_t(parameters.pes())),
      exchange("exchange"),
      pooling(std::size_t(parameters.pes())),
      parameters_(parameters),
      clock_(clock),
      trace_(trace),
      weight_broadcast_(make_weight_broadcast(parameters, parameters.weight_skew == WeightSkew::fifo)),
      computing_signal_(trace != nullptr ? trace->declare(std::string(this->name()) + ".computing", 1)
                                         : TracePlayer::kNoSignal),
      draining_signal_(trace != nullptr ? trace->declare(std::string(this->name()) + ".draining", 1)
                                        : TracePlayer::kNoSignal),
      layers_(statistics.counter(*this, "layers", CounterKind::count, "layers finished")),
      groups_(statistics.counter(*this, "groups", CounterKind::count, "output-channel groups computed")),
      layer_cycles_(statistics.counter(*this, "layer_cycles", CounterKind::cycles, "cycles of finished layers")),
      setup_cycles_(statistics.counter(*this, "setup_cycles", CounterKind::cycles,
                                       "reading what the layer needs before its first cycle")),
      compute_cycles_(statistics.counter(*this, "computing", CounterKind::cycles, "a group computes")),
      drain_cycles_(statistics.counter(*this, "draining", CounterKind::cycles, "a group is exchanged and finalised")),
      halo_finalise_(statistics.counter(*this, "halo_finalise", CounterKind::cycles,
                                        "nothing computes: exchange and finalise not overlapped")),
      weight_bytes_(statistics.counter(*this, "weight_broadcast_bytes", CounterKind::bytes,
                                       "compressed weights broadcast to the PEs, or sent to one each")),
      dram_weight_bytes_(statistics.counter(*this, "dram_weight_bytes", CounterKind::bytes,
                                            "compressed weights that a running machine reads from DRAM")),
      dram_activation_read_bytes_(statistics.counter(*this, "dram_activation_read_bytes", CounterKind::bytes,
                                                     "activations that do not fit on chip, read from DRAM")),
      dram_activation_write_bytes_(statistics.counter(*this, "dram_activation_write_bytes", CounterKind::bytes,
                                                      "compressed outputs that do not fit on chip")),
      temporal_tiles_(
          statistics.counter(*this, "temporal_tiles", CounterKind::maximum, "fillings of the fullest IARAM")),
      memory_(statistics.counter(*this, "memory", CounterKind::cycles, "nothing computes: weights not there")),
      group_cycles_(
          statistics.histogram(*this, "group_cycles", "cycles of an output-channel group, by its slowest PE")) {}

Sequencer::~Sequencer() = default;

std::uint32_t Sequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED | 1U << NZ_OP_LOAD;
}

Completion Sequencer::execute(const nz_descriptor& descriptor, WorkContext& context) {
    const nz_error error = check_for_scnn(descriptor, parameters_);
    if (error != NZ_ERROR_NONE) {
        throw Fault{error};
    }
    return descriptor.opcode == NZ_OP_LOAD ? load(descriptor, context) : run_layer(descriptor, context);
}

void Sequencer::reset() {
    command_all(PeCommand::Kind::discard, 0);
    ExchangeRequest discard;
    discard.discard = true;
    sc_core::sc_time delay;
    exchange.send(discard, delay);
    resident_ = false;
    fetch_.reset();
    plan_.reset();
    drains_.clear();
    if (trace_ != nullptr) {
        trace_->discard_future();
    }
}

PeCommand Sequencer::command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles) {
    PeCommand command;
    bool malformed = false;
    std::uint64_t stored_entries = 0;
    sc_core::sc_time delay;
    for (auto& pe : control) {
        command.kind = kind;
        command.plan = plan_.get();
        command.group_index = group_index;
        command.group_cycles = group_cycles;
        pe.send(command, delay);
        malformed = malformed || command.malformed;
        stored_entries = std::max(stored_entries, command.stored_entries);
    }
    command.malformed = malformed;
    command.stored_entries = stored_entries;
    return command;
}

Completion Sequencer::load(const nz_descriptor& descriptor, WorkContext& context) {
    resident_ = false;
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    const auto table = read_table<nz_block>(context, descriptor.block_index, activations.size());
    send_inputs(descriptor, table, context);
    loaded_ = descriptor;
    resident_ = true;
    Completion completion;
    completion.cycles = clock_.cycles(sc_core::sc_time_stamp() - begin);
    setup_cycles_.add(completion.cycles);
    return completion;
}

void Sequencer::send_inputs(const nz_descriptor& descriptor, const std::vector<nz_block>& table, WorkContext& context) {
    const Geometry geometry = geometry_of(descriptor, parameters_);
    std::uint64_t most = 0;
    for (std::size_t pe = 0; pe < table.size(); ++pe) {
        const std::uint64_t largest =
            geometry.fully_connected
                ? line_part_limit(geometry.shape.C, geometry.pes(), int(pe), parameters_.line_format())
                : activation_image_limit(geometry, int(pe), parameters_.activation_format());
        check_block(table[pe], descriptor.input, largest, descriptor.block_index.address);
        most += largest;
    }
    const BlockStretch stretch(table, most, descriptor.block_index.address);
    std::vector<std::uint8_t> bytes(stretch.size());
    loaded_bytes_ = stretch.in(descriptor.input);
    if (!bytes.empty()) {
        context.read(loaded_bytes_.address, bytes.data(), bytes.size());
    }
    std::vector<std::uint8_t> whole;  // of a fully connected layer: all parts, for everybody
    if (geometry.fully_connected) {
        for (const nz_block& part : table) {
            const auto from = stretch.of(bytes, part);
            whole.insert(whole.end(), from.begin(), from.end());
        }
    }
    for (std::size_t pe = 0; pe < table.size(); ++pe) {
        ActivationImage image{geometry.fully_connected ? std::span<const std::uint8_t>(whole)
                                                       : stretch.of(bytes, table[pe])};
        sc_core::sc_time delay;
        activations[pe].send(image, delay);
    }
}

Completion Sequencer::run_layer(const nz_descriptor& descriptor, WorkContext& context) {
    const bool resident = (descriptor.flags & NZ_FLAG_INPUT_RESIDENT) != 0;
    if (resident && (!resident_ || !same_input(loaded_, descriptor))) {
        throw Fault{NZ_ERROR_NOT_RESIDENT};
    }
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    nz_region weight_index = descriptor.block_index;
    if (!resident) {
        resident_ = false;
        loaded_ = descriptor;
        const auto table = read_table<nz_block>(context, weight_index, activations.size());
        send_inputs(descriptor, table, context);
        weight_index.address += table.size() * sizeof(nz_block);
        weight_index.size -= table.size() * sizeof(nz_block);
    }
    prepare(descriptor, context);
    if (resident && !tiling_.on_chip()) {
        throw Fault{NZ_ERROR_CAPACITY};
    }
    Completion completion;
    run_groups(descriptor, weight_index, context, completion);
    setup_cycles_.add(clock_.cycles(layer_start_ - begin));
    completion.output_bytes = write_output(descriptor, context, completion);
    layers_.add();
    return completion;
}

void Sequencer::prepare(const nz_descriptor& descriptor, WorkContext& context) {
    plan_ = std::make_unique<LayerPlan>(shape_of(descriptor), parameters_, is_fully_connected(descriptor));
    if (plan_->geometry.kc == 0 || !AccumulatorBanks::fits(plan_->geometry.shape)) {
        throw Fault{NZ_ERROR_CAPACITY};
    }
    plan_->count_only = (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0;
    plan_->output = descriptor.output_type == NZ_TYPE_RAW64 ? OutputFormat::raw64 : OutputFormat::compressed;
    plan_->post_processor =
        read_post_processor(descriptor, context, parameters_.accumulator_bits, parameters_.operand_bits);
    if (const auto asked = pooling_of(descriptor)) {
        const ConvolutionShape& shape = plan_->geometry.shape;
        plan_->pooling.emplace(*asked, shape.P, shape.Q, parameters_.pe_rows, parameters_.pe_columns);
        pooling.begin_layer(*plan_->pooling, plan_->geometry.kc);
    }
    weight_broadcast_->begin_layer(*plan_);
    const PeCommand configured = command_all(PeCommand::Kind::configure, 0);
    if (configured.malformed) {
        throw Fault{NZ_ERROR_DATA, loaded_.input.address};
    }
    tiling_ = temporal_tiling(configured.stored_entries, std::uint64_t(parameters_.iaram_entries),
                              plan_->geometry.fully_connected, plan_->geometry.channel_groups.size());
    temporal_tiles_.raise_to(tiling_.tiles);
    OutputReadOut clear;
    clear.begin = true;
    for (auto& unit : read_out) {
        sc_core::sc_time delay;
        unit.send(clear, delay);
    }
}

void Sequencer::run_groups(const nz_descriptor& descriptor, const nz_region& weight_index, WorkContext& context,
                           Completion& completion) {
    const auto groups = plan_->geometry.channel_groups.size();
    const bool ideal = parameters_.memory_timing == MemoryTiming::ideal;
    fetch_ = std::make_unique<WeightFetch>(descriptor.weights, weight_index, context, *plan_, tiling_, loaded_bytes_);
    if (ideal) {
        fetch_->read_all();
    }
    recurrence_ = {};
    drains_.clear();
    layer_start_ = sc_core::sc_time_stamp();
    if (!ideal) {
        fetch_->start(0);
    }
    for (std::size_t g = 0; g < groups; ++g) {
        const int index = int(g);
        Cycles weights_ready = 0;
        if (!ideal) {
            fetch_->wait(g);
            weights_ready = clock_.cycles(sc_core::sc_time_stamp() - layer_start_);
        }
        const Cycles start = recurrence_.start(weights_ready);
        advance_to(start, context);
        if (!ideal) {
            fetch_->start(g + 1);
        }
        const Cycles cycles = compute_group(index, descriptor, completion);
        const Cycles end = recurrence_.compute(cycles);
        show(computing_signal_, "computing", index, start, cycles);
        advance_to(end, context);
        command_all(PeCommand::Kind::settle, index, cycles);
        compute_cycles_.add(cycles);
        group_cycles_.add(cycles);
        groups_.add();

        const Cycles drain = exchange_and_finalise_time(index);
        const Cycles drain_end = recurrence_.drain(drain);
        show(draining_signal_, "draining", index, drain_end - drain, drain);
        drains_.push_back({drain_end, drain, index});
    }
    dram_activation_read_bytes_.add(loaded_bytes_.size * tiling_.activation_reads);
    completion.cycles = recurrence_.finish();
    advance_to(completion.cycles, context);
    layer_cycles_.add(completion.cycles);
    halo_finalise_.add(recurrence_.halo_finalise() * control.size());
    memory_.add(recurrence_.memory() * control.size());
}

Cycles Sequencer::compute_group(int index, const nz_descriptor& descriptor, Completion& completion) {
    command_all(PeCommand::Kind::begin_group, index);
    const bool sound = plan_->geometry.fully_connected ? unicast(index) : broadcast(index);
    if (!sound) {
        throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
    }
    sc_core::sc_time latest;
    for (auto& pe : control) {
        PeCommand command;
        command.kind = PeCommand::Kind::end_compute;
        sc_core::sc_time delay;
        pe.send(command, delay);
        latest = std::max(latest, delay);
        if (command.slots.products != command.slots.kept + command.slots.dropped ||
            command.slots.useful > command.slots.kept) {
            throw std::logic_error(std::string(pe.name()) + ": products are not conserved");
        }
        completion.products += command.slots.products;
        completion.useful_products += command.slots.useful;
    }
    return clock_.cycles(latest);
}

void Sequencer::count_weights(std::uint64_t bytes) {
    weight_bytes_.add(bytes * tiling_.weight_reads);
    dram_weight_bytes_.add(bytes * tiling_.weight_reads);
}

bool Sequencer::unicast(int index) {
    bool sound = true;
    for (std::size_t pe = 0; pe < weights.size(); ++pe) {
        WeightBlocks message;
        message.neurons = fetch_->of(std::size_t(index), pe);
        message.bytes = message.neurons.size();
        count_weights(message.bytes);
        sc_core::sc_time delay;
        weights[pe].send(message, delay);
        sound = sound && !message.malformed;
    }
    return sound;
}

bool Sequencer::broadcast(int index) {
    const auto bytes = fetch_->of(std::size_t(index));
    count_weights(bytes.size());
    std::vector<Cycles> slowest;  // with weights.skew = fifo: when the slowest PE was done with each weight vector
    return weight_broadcast_->group(*plan_, plan_->geometry.channel_groups[std::size_t(index)], bytes,
                                    [&](WeightBlocks& message) { broadcast(message, slowest); });
}

void Sequencer::broadcast(WeightBlocks& message, std::vector<Cycles>& slowest) {
    message.bytes *= tiling_.weight_reads;
    sc_core::sc_time delay;
    if (parameters_.weight_skew == WeightSkew::unbounded) {
        for (auto& pe : weights) {
            pe.send(message, delay);
        }
        return;
    }
    const auto depth = std::size_t(parameters_.weight_fifo_entries);
    const std::size_t vectors = message.blocks.front().vectors.vectors;
    if (vectors > depth) {
        throw Fault{NZ_ERROR_CAPACITY};
    }
    // A vector enters the FIFOs when the slowest PE has made room in its own.
    std::vector<Cycles> arrived(vectors, 0);
    for (std::size_t n = 0; n < vectors; ++n) {
        const std::size_t number = slowest.size() + n;
        arrived[n] = number >= depth ? slowest[number - depth] : 0;
    }
    std::vector<Cycles> latest(vectors, 0);
    std::vector<Cycles> consumed(vectors, 0);
    const WeightArrival arrival{arrived, consumed};
    message.arrival = &arrival;
    for (auto& pe : weights) {
        pe.send(message, delay);
        for (std::size_t n = 0; n < vectors; ++n) {
            latest[n] = std::max(latest[n], consumed[n]);
        }
    }
    slowest.insert(slowest.end(), latest.begin(), latest.end());
}

Cycles Sequencer::exchange_and_finalise_time(int index) {
    command_all(PeCommand::Kind::exchange, index);
    ExchangeRequest request;
    sc_core::sc_time delay;
    exchange.send(request, delay);
    const ChannelGroup& group = plan_->geometry.channel_groups[std::size_t(index)];
    return request.cycles + Cycles(group.k_count) * Cycles(plan_->geometry.largest_owned());
}

void Sequencer::advance_to(Cycles cycle, WorkContext& context) {
    while (!drains_.empty() && drains_.front().end <= cycle) {
        const Drain drain = drains_.front();
        context.wait_until(layer_start_ + clock_(drain.end));
        drains_.pop_front();
        command_all(PeCommand::Kind::finalise, drain.group);
        if (plan_->pooling) {
            pooling.pool_group(plan_->geometry.channel_groups[std::size_t(drain.group)].k_count);
        }
        drain_cycles_.add(drain.cycles);
    }
    context.wait_until(layer_start_ + clock_(cycle));
}

std::uint64_t Sequencer::write_output(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    std::vector<std::vector<std::uint8_t>> parts(read_out.size());
    bool fits = true;
    std::uint64_t bytes = 0;
    for (std::size_t pe = 0; pe < read_out.size(); ++pe) {
        OutputReadOut request;
        request.bytes = &parts[pe];
        sc_core::sc_time delay;
        read_out[pe].send(request, delay);
        completion.overflows += request.overflows;
        fits = fits && request.fits;
        bytes += parts[pe].size();
    }
    dram_activation_write_bytes_.add(fits ? 0 : bytes);
    if (plan_->count_only) {
        return 0;
    }
    const std::vector<std::uint8_t> output = output_image(*plan_, parts);
    if (output.size() > descriptor.output.size) {
        throw Fault{NZ_ERROR_OUTPUT_SIZE, descriptor.output.address};
    }
    context.write(descriptor.output.address, output.data(), output.size());
    return output.size();
}

void Sequencer::show(SignalId signal, const char* activity, int group, Cycles begin, Cycles cycles) {
    if (trace_ == nullptr || cycles == 0) {
        return;
    }
    const sc_core::sc_time start = layer_start_ + clock_(begin);
    if (trace_->waves()) {
        trace_->play(start, {{0, signal, 1}, {cycles, signal, 0}});
    }
    if (trace_->timeline()) {
        trace_->slice(std::string(name()) + "." + activity, "group " + std::to_string(group), start, clock_(cycles));
    }
}

}  // namespace nonzero::scnn
