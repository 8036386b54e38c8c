#include "models/scnn/sequencer.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "models/engine/descriptor_tables.h"
#include "models/scnn/block_stretch.h"
#include "models/scnn/descriptor_shape.h"
#include "models/scnn/output_image.h"
#include "models/scnn/weight_fetch.h"

namespace nonzero::scnn {

namespace {

constexpr std::size_t kMessagesTogether = 4;

}  // namespace

Sequencer::Sequencer(sc_core::sc_module_name name, const ScnnParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : pe_array::PeArraySequencer(name, parameters, clock, statistics, trace),
      activations("activations", std::size_t(parameters.pes())),
      control("control", std::size_t(parameters.pes())),
      weights("weights", std::size_t(parameters.pes())),
      exchange("exchange"),
      parameters_(parameters),
      weight_broadcast_(make_weight_broadcast(parameters, parameters.weight_skew == WeightSkew::fifo)),
      draining_signal_(declare_signal(trace, *this, "draining", 1)),
      drain_cycles_(statistics.counter(*this, "draining", CounterKind::cycles, "a group is exchanged and finalised")),
      dram_index_bytes_(statistics.counter(*this, "dram_index_bytes", CounterKind::bytes,
                                           "block tables that a running machine reads and writes in DRAM")),
      halo_finalise_(statistics.counter(*this, "halo_finalise", CounterKind::cycles,
                                        "nothing computes: exchange and finalise not overlapped")),
      group_cycles_(
          statistics.histogram(*this, "group_cycles", "cycles of an output-channel group, by its slowest PE")) {}

nz_error Sequencer::check(const nz_descriptor& descriptor) const {
    return check_for_scnn(descriptor, parameters_);
}

bool Sequencer::same_input(const nz_descriptor& load, const nz_descriptor& layer) const {
    return scnn::same_input(load, layer);
}

void Sequencer::reset() {
    plan_ = nullptr;
    command_all(PeCommand::Kind::discard, 0);
    ExchangeRequest discard;
    discard.discard = true;
    sc_core::sc_time delay;
    exchange.send(discard, delay);
    pe_array::PeArraySequencer::reset();
}

void Sequencer::command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles) {
    PeCommand command;
    command.kind = kind;
    command.plan = plan_;
    command.group_index = group_index;
    command.group_cycles = group_cycles;
    send_to_all(control, command);
}

void Sequencer::command_working(PeCommand::Kind kind, int group_index) {
    for (const std::size_t pe : working_) {
        PeCommand command;
        command.kind = kind;
        command.plan = plan_;
        command.group_index = group_index;
        sc_core::sc_time delay;
        control[pe].send(command, delay);
    }
}

nz_region Sequencer::send_inputs(const nz_descriptor& descriptor, WorkContext& context) {
    const auto table = read_table<nz_block>(context, descriptor.block_index, activations.size());
    const Geometry geometry = geometry_of(descriptor, parameters_);
    std::uint64_t most = 0;
    for (std::size_t pe = 0; pe < table.size(); ++pe) {
        const std::uint64_t largest =
            geometry.fully_connected
                ? series_limit(line_part_shape(geometry.shape.C, geometry.pes(), int(pe)), parameters_.line_format())
                : series_limit(activation_shape(geometry, int(pe)), parameters_.activation_format());
        check_block(table[pe], descriptor.input, largest, descriptor.block_index.address);
        most += largest;
    }
    const BlockStretch stretch(table, most, descriptor.block_index.address);
    std::vector<std::uint8_t> bytes(stretch.size());
    const nz_region region = stretch.in(descriptor.input);
    if (!bytes.empty()) {
        context.read(region.address, bytes.data(), bytes.size());
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
    return region;
}

std::unique_ptr<pe_array::PeArrayPlan> Sequencer::make_plan(const nz_descriptor& descriptor) {
    const ConvolutionShape shape = shape_of(descriptor);
    auto plan = std::make_unique<LayerPlan>(shape, parameters_, is_fully_connected(shape));
    if (plan->geometry.kc == 0 || !AccumulatorBanks::fits(shape)) {
        throw Fault{NZ_ERROR_CAPACITY};
    }
    plan_ = plan.get();
    return plan;
}

std::optional<TemporalTiling> Sequencer::configure() {
    weight_broadcast_->begin_layer(*plan_);
    working_.clear();
    idle_.clear();
    PeCommand command;
    command.kind = PeCommand::Kind::configure;
    command.plan = plan_;
    bool malformed = false;
    std::uint64_t stored_entries = 0;
    std::size_t pe = 0;
    send_to_all(control, command, [&](const PeCommand& answer) {
        malformed = malformed || answer.malformed;
        stored_entries = std::max(stored_entries, answer.stored_entries);
        (answer.idle ? idle_ : working_).push_back(pe++);
    });
    if (malformed) {
        return std::nullopt;
    }
    return temporal_tiling(stored_entries, std::uint64_t(parameters_.iaram_entries), plan_->geometry.fully_connected,
                           plan_->geometry.channel_groups.size());
}

std::unique_ptr<JobFetch> Sequencer::make_fetch(const nz_descriptor& descriptor, WorkContext& context) {
    nz_region index = descriptor.block_index;
    const Geometry& geometry = plan_->geometry;
    std::size_t blocks = geometry.channel_groups.size() * (geometry.fully_connected ? activations.size() : 1);
    if ((descriptor.flags & NZ_FLAG_INPUT_RESIDENT) == 0) {
        index.address += activations.size() * sizeof(nz_block);
        index.size -= activations.size() * sizeof(nz_block);
        blocks += activations.size();
    } else if (!tiling().on_chip()) {
        throw Fault{NZ_ERROR_CAPACITY};
    }
    dram_index_bytes_.add(blocks * sizeof(nz_block));
    return std::make_unique<WeightFetch>(descriptor.weights, index, context, *plan_, tiling(), input_bytes());
}

std::optional<Cycles> Sequencer::compute(int index, const JobFetch& fetched, Completion& completion) {
    command_working(PeCommand::Kind::begin_group, index);
    const bool sound = plan_->geometry.fully_connected ? unicast(index, fetched) : broadcast(index, fetched);
    if (!sound) {
        return std::nullopt;
    }
    sc_core::sc_time latest;
    for (const std::size_t pe : working_) {
        PeCommand command;
        command.kind = PeCommand::Kind::end_compute;
        sc_core::sc_time delay;
        control[pe].send(command, delay);
        latest = std::max(latest, delay);
        const SlotCounts& slots = command.slots;
        if (slots.products != slots.kept + slots.dropped || slots.useful > slots.kept) {
            throw std::logic_error(std::string(name()) + ": products are not conserved");
        }
        completion.products += slots.products;
        completion.useful_products += slots.useful;
    }
    return clock().cycles(latest);
}

bool Sequencer::unicast(int index, const JobFetch& fetched) {
    BarrierWork barrier(threads());
    std::vector<WeightBlocks> messages(weights.size());
    for (std::size_t pe = 0; pe < weights.size(); ++pe) {
        WeightBlocks& message = messages[pe];
        message.neurons = fetched.of(std::size_t(index), pe);
        message.bytes = message.neurons.size();
        message.barrier = &barrier;
        count_weights(message.bytes);
        sc_core::sc_time delay;
        weights[pe].send(message, delay);
    }
    barrier.run();
    return std::ranges::none_of(messages, &WeightBlocks::malformed);
}

bool Sequencer::broadcast(int index, const JobFetch& fetched) {
    const auto bytes = fetched.of(std::size_t(index));
    count_weights(bytes.size());
    BarrierWork barrier(threads());
    // Threads meet once for several messages, whose routing tables the second-level cache still holds.
    const bool alone = barrier.threads() == 1;
    std::array<WeightBlocks, kMessagesTogether> collected;
    std::size_t messages = 0;
    std::vector<Cycles> slowest;  // with weights.skew = fifo: when the slowest PE was done with each weight vector
    std::uint64_t idle_bytes = 0;
    const auto send = [&](WeightBlocks& message) {
        message.bytes *= tiling().weight_reads;
        idle_bytes += message.bytes;
        if (parameters_.weight_skew == WeightSkew::fifo) {
            send_in_time(message, slowest);
            return true;
        }
        WeightBlocks& sent = collected[messages++ % kMessagesTogether] = message;
        sent.barrier = alone ? nullptr : &barrier;
        for (const std::size_t pe : working_) {
            sc_core::sc_time delay;
            weights[pe].send(sent, delay);
        }
        if (!alone && messages % kMessagesTogether != 0) {
            return false;
        }
        barrier.run();
        return true;
    };
    const bool sound =
        weight_broadcast_->group(*plan_, plan_->geometry.channel_groups[std::size_t(index)], bytes, send);
    barrier.run();
    send_weights_of_idle(idle_bytes);
    return sound;
}

// A machine that is much larger than the layer would spend its time on telling PEs about weights that they have no
// activation for.
void Sequencer::send_weights_of_idle(std::uint64_t bytes) {
    for (const std::size_t pe : idle_) {
        WeightBlocks message;
        message.bytes = bytes;
        sc_core::sc_time delay;
        weights[pe].send(message, delay);
    }
}

void Sequencer::send_in_time(WeightBlocks& message, std::vector<Cycles>& slowest) {
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
    for (const std::size_t pe : working_) {
        sc_core::sc_time delay;
        weights[pe].send(message, delay);
        for (std::size_t n = 0; n < vectors; ++n) {
            latest[n] = std::max(latest[n], consumed[n]);
        }
    }
    slowest.insert(slowest.end(), latest.begin(), latest.end());
}

void Sequencer::settle(int index, Cycles cycles) {
    command_all(PeCommand::Kind::settle, index, cycles);
    group_cycles_.add(cycles);
}

Cycles Sequencer::drain(int index) {
    command_working(PeCommand::Kind::exchange, index);
    ExchangeRequest request;
    sc_core::sc_time delay;
    exchange.send(request, delay);
    const pe_array::ChannelGroup& group = plan_->geometry.channel_groups[std::size_t(index)];
    return request.cycles + Cycles(group.k_count) * Cycles(plan_->geometry.largest_owned());
}

void Sequencer::show_drain(int index, Cycles begin, Cycles cycles) {
    show_job(draining_signal_, "draining", index, begin, cycles);
}

void Sequencer::end_drain(int index, Cycles cycles) {
    command_working(PeCommand::Kind::finalise, index);
    drain_cycles_.add(cycles);
    pe_array::PeArraySequencer::end_drain(index, cycles);
}

Sequencer::StoredOutput Sequencer::store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool fits) {
    halo_finalise_.add(recurrence().drain_exposed() * control.size());
    StoredOutput output;
    if (!fits) {
        dram_index_bytes_.add(parts.size() * sizeof(nz_block));
        for (const auto& part : parts) {
            output.dram_bytes += part.size();
        }
    }
    if (!plan_->count_only) {
        output.bytes = output_image(*plan_, parts);
    }
    return output;
}

}  // namespace nonzero::scnn
