#include "models/scnn/processing_element.h"

#include <algorithm>

#include "models/memory/memory_access.h"

namespace nonzero::scnn {

ProcessingElement::ProcessingElement(sc_core::sc_module_name name, int id, const ScnnParameters& parameters,
                                     const Clocking& clock, Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      activations("activations", [this](ActivationImage& image, sc_core::sc_time&) { store(image); }),
      control("control", [this](PeCommand& message, sc_core::sc_time& delay) { command(message, delay); }),
      weights("weights", [this](WeightBlocks& message, sc_core::sc_time&) { work(message); }),
      psums_out("psums_out"),
      psums_in("psums_in",
               [this](PacketDelivery& delivery, sc_core::sc_time&) {
                   auto& received = received_[group_index_ % 2];
                   for (const Packet& packet : delivery.packets) {
                       received[packet.address] += packet.value;
                   }
                   psums_received_.add(delivery.packets.size());
               }),
      outputs("outputs"),
      iaram("iaram"),
      id_(id),
      clock_(clock),
      trace_(trace),
      iaram_entries_(parameters.iaram_entries),
      convolution_(parameters),
      issue_(make_issue_stage(parameters)),
      busy_signal_(declare_signal(trace, *this, "busy", 1)),
      state_signal_(declare_signal(trace, *this, "state", 3)),
      queue_signal_(declare_signal(trace, *this, "queue_occupancy", 16)),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "slots with a kept product")),
      void_(statistics.counter(*this, "void", CounterKind::cycles, "slots without a kept product")),
      conflict_(statistics.counter(*this, "conflict", CounterKind::cycles, "vector waits for a full bank queue")),
      bank_drain_(statistics.counter(*this, "bank_drain", CounterKind::cycles, "bank queues empty at the group's end")),
      weight_fifo_(statistics.counter(*this, "weight_fifo", CounterKind::cycles, "wait for a weight vector")),
      working_(statistics.counter(*this, "working", CounterKind::cycles, "own time of all groups: all of the above")),
      barrier_(statistics.counter(*this, "barrier", CounterKind::cycles, "wait for the slowest PE of the group")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products out of the multiplier array")),
      kept_(statistics.counter(*this, "products_kept", CounterKind::count, "products accumulated")),
      useful_(statistics.counter(*this, "products_useful", CounterKind::count,
                                 "products of two non-zeros accumulated; fewer than kept where an operand is dense")),
      dropped_(statistics.counter(*this, "products_dropped", CounterKind::count, "products outside the output plane")),
      placeholder_(
          statistics.counter(*this, "products_placeholder", CounterKind::count, "products with a placeholder")),
      unused_activation_(statistics.counter(*this, "lanes_partial_activation", CounterKind::count,
                                            "multiplier slots unused by partial activation vectors")),
      unused_weight_(statistics.counter(*this, "lanes_partial_weight", CounterKind::count,
                                        "multiplier slots unused by partial weight vectors")),
      activation_vectors_(
          statistics.counter(*this, "iaram_vector_reads", CounterKind::count, "activation vectors fetched from IARAM")),
      weight_vectors_(statistics.counter(*this, "weight_vector_reads", CounterKind::count,
                                         "weight vectors read from the weight FIFO")),
      weight_bytes_(statistics.counter(*this, "weight_fifo_write_bytes", CounterKind::bytes,
                                       "weights that have entered the weight FIFO")),
      queue_peak_(statistics.counter(*this, "queue_peak", CounterKind::maximum, "fullest bank queue")),
      stored_entries_(
          statistics.counter(*this, "iaram_stored_entries", CounterKind::maximum, "entries stored in IARAM")),
      iaram_excess_(
          statistics.counter(*this, "iaram_excess_entries", CounterKind::count, "entries above the capacity of IARAM")),
      psums_sent_(statistics.counter(*this, "psums_sent", CounterKind::count, "partial sums to their owners")),
      psums_received_(statistics.counter(*this, "psums_received", CounterKind::count, "partial sums from other PEs")) {}

void ProcessingElement::store(const ActivationImage& image) {
    image_bytes_ = image.bytes.size();
    std::vector<unsigned char> copy(image.bytes.begin(), image.bytes.end());
    access_memory(iaram, tlm::TLM_WRITE_COMMAND, 0, copy.data(), copy.size());
}

void ProcessingElement::command(PeCommand& command, sc_core::sc_time& delay) {
    switch (command.kind) {
        case PeCommand::Kind::configure:
            plan_ = command.plan;
            configure(command);
            break;
        case PeCommand::Kind::begin_group:
            group_index_ = command.group_index;
            group_start_ = sc_core::sc_time_stamp();
            stretches_.clear();
            accumulators_.clear(group_index_ % 2);
            std::fill(received_[group_index_ % 2].begin(), received_[group_index_ % 2].end(), 0);
            std::visit(
                [this](auto& issue) {
                    issue.begin_group(trace_ != nullptr && trace_->waves() ? &stretches_ : nullptr);
                },
                issue_);
            break;
        case PeCommand::Kind::end_compute:
            end_compute(delay);
            command.slots = slots_;
            break;
        case PeCommand::Kind::settle:
            settle(command.group_cycles);
            break;
        case PeCommand::Kind::exchange:
            exchange();
            break;
        case PeCommand::Kind::finalise:
            finalise(command.group_index);
            break;
        case PeCommand::Kind::discard:
            discard();
            break;
    }
}

void ProcessingElement::configure(PeCommand& command) {
    const bool fully_connected = plan_->geometry.fully_connected;
    std::vector<unsigned char> image(image_bytes_);
    access_memory(iaram, tlm::TLM_READ_COMMAND, 0, image.data(), image.size());
    convolution_.clear();
    fully_connected_.clear();
    command.malformed =
        !(fully_connected ? fully_connected_.decode(*plan_, image) : convolution_.decode(*plan_, id_, image));
    if (command.malformed) {
        return;
    }
    command.stored_entries = fully_connected ? fully_connected_.entries() : convolution_.entries();
    count_stored(command.stored_entries);
    reached_ = reached_outputs(plan_->geometry, id_);
    slots_ = {};
    idle_ = !fully_connected && command.stored_entries == 0 && reached_.own.empty() && reached_.halo.empty() &&
            reached_.owned_outputs == 0 && (trace_ == nullptr || !trace_->waves());
    command.idle = idle_;
    accumulators_.resize(plan_->count_only || idle_ ? 0 : std::size_t(plan_->geometry.cells()));
    for (auto& received : received_) {
        received.assign(std::size_t(reached_.owned_outputs) * std::size_t(plan_->geometry.kc), 0);
    }
}

void ProcessingElement::count_stored(std::size_t entries) {
    stored_entries_.raise_to(entries);
    const auto capacity = std::size_t(iaram_entries_);
    iaram_excess_.add(entries > capacity ? entries - capacity : 0);
}

void ProcessingElement::work(WeightBlocks& message) {
    weight_bytes_.add(message.bytes);
    if (plan_->geometry.fully_connected || !message.blocks.empty()) {
        do_at_barrier(message.barrier, id_, [this, &message] { compute(message); });
    }
}

void ProcessingElement::compute(WeightBlocks& message) {
    const int buffer = group_index_ % 2;
    if (plan_->geometry.fully_connected) {
        message.malformed =
            !fully_connected_.work(*plan_, group(group_index_), message.neurons, issue_, accumulators_, buffer);
    } else {
        convolution_.work(*plan_, message, issue_, accumulators_, buffer);
    }
}

void ProcessingElement::end_compute(sc_core::sc_time& delay) {
    slots_ = std::visit([](auto& issue) { return issue.end_group(); }, issue_);
    delay += clock_(slots_.cycles());
    if (trace_ == nullptr) {
        return;
    }
    if (trace_->waves()) {
        records_.clear();
        for (const SlotStretch& stretch : stretches_) {
            records_.push_back({stretch.begin, busy_signal_, stretch.state == SlotState::busy ? 1U : 0U});
            records_.push_back({stretch.begin, state_signal_, std::uint64_t(stretch.state)});
            records_.push_back({stretch.begin, queue_signal_, stretch.queue});
        }
        records_.push_back({slots_.cycles(), busy_signal_, 0});
        records_.push_back({slots_.cycles(), state_signal_, std::uint64_t(SlotState::idle)});
        records_.push_back({slots_.cycles(), queue_signal_, 0});
        trace_->play(group_start_, records_);
    }
}

void ProcessingElement::settle(Cycles group_cycles) {
    if (idle_) {
        barrier_.add(group_cycles);
        return;
    }
    busy_.add(slots_.busy);
    void_.add(slots_.void_slots);
    conflict_.add(slots_.conflict);
    bank_drain_.add(slots_.bank_drain);
    weight_fifo_.add(slots_.weight_fifo);
    working_.add(slots_.cycles());
    barrier_.add(group_cycles - slots_.cycles());
    products_.add(slots_.products);
    kept_.add(slots_.kept);
    useful_.add(slots_.useful);
    dropped_.add(slots_.dropped);
    placeholder_.add(slots_.placeholder);
    unused_activation_.add(slots_.unused_activation_lanes);
    unused_weight_.add(slots_.unused_weight_lanes);
    activation_vectors_.add(slots_.activation_vectors);
    weight_vectors_.add(slots_.weight_vectors);
    queue_peak_.raise_to(slots_.queue_peak);
    if (trace_ != nullptr && trace_->timeline() && slots_.cycles() > 0) {
        trace_->slice(name(), "group " + std::to_string(group_index_), group_start_, clock_(slots_.cycles()),
                      {{"busy", slots_.busy}, {"conflict", slots_.conflict}, {"kept", slots_.kept}});
    }
}

void ProcessingElement::exchange() {
    const int buffer = group_index_ % 2;
    packets_.clear();
    for (int k = 0; k < group(group_index_).k_count; ++k) {
        for (const ReachedOutputs::HaloCell& halo : reached_.halo) {
            const std::int64_t value = plan_->count_only ? 0 : accumulators_.read(buffer, std::size_t(halo.cell + k));
            packets_.push_back({halo.owner, std::uint32_t(k) * halo.owner_outputs + halo.address, value});
        }
    }
    psums_sent_.add(packets_.size());
    PacketBurst burst{std::uint16_t(id_), packets_, plan_->accumulator_bits};
    sc_core::sc_time delay;
    psums_out.send(burst, delay);
}

void ProcessingElement::finalise(int group_index) {
    const pe_array::ChannelGroup finished = group(group_index);
    if (finished.k_count == 0) {
        return;
    }
    const int buffer = group_index % 2;
    auto& sums = received_[buffer];
    if (!plan_->count_only) {
        for (int k = 0; k < finished.k_count; ++k) {
            for (const ReachedOutputs::OwnCell& own : reached_.own) {
                sums[std::size_t(k) * reached_.owned_outputs + own.address] +=
                    accumulators_.read(buffer, std::size_t(own.cell + k));
            }
        }
    }
    const std::size_t count = std::size_t(finished.k_count) * reached_.owned_outputs;
    pe_array::PsumBlock block{plan_, id_, finished.k_begin, finished.k_count, count, {sums.data(), count}};
    sc_core::sc_time delay;
    outputs.send(block, delay);
}

void ProcessingElement::discard() {
    plan_ = nullptr;
    convolution_.clear();
    fully_connected_.clear();
    image_bytes_ = 0;
    slots_ = {};
    idle_ = false;
    reached_ = {};
}

}  // namespace nonzero::scnn
