#include "models/dcnn/processing_element.h"

#include <algorithm>
#include <string>

#include "models/memory/memory_access.h"

namespace nonzero::dcnn {

ProcessingElement::ProcessingElement(sc_core::sc_module_name name, int id, const DcnnParameters& parameters,
                                     const Clocking& clock, Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      activations("activations", [this](ActivationTile& tile, sc_core::sc_time&) { store(tile); }),
      control("control", [this](PeCommand& message, sc_core::sc_time&) { command(message); }),
      weights("weights", [this](WeightGroup& message, sc_core::sc_time& delay) { work(message, delay); }),
      outputs("outputs"),
      iaram("iaram"),
      id_(id),
      clock_(clock),
      trace_(trace),
      array_(parameters.multipliers),
      busy_signal_(declare_signal(trace, *this, "busy", 1)),
      busy_(statistics.counter(*this, "busy", CounterKind::cycles, "slots of dot products")),
      barrier_(statistics.counter(*this, "barrier", CounterKind::cycles, "wait for the PE with most outputs")),
      products_(statistics.counter(*this, "products", CounterKind::count, "products of the dot products")),
      useful_(statistics.counter(*this, "products_useful", CounterKind::count, "products of two non-zeros")),
      zero_operand_(statistics.counter(*this, "products_zero_operand", CounterKind::count,
                                       "products inside the input plane with a zero")),
      padding_(statistics.counter(*this, "products_padding", CounterKind::count, "products outside the input plane")),
      gated_(parameters.variant == Variant::plain
                 ? nullptr
                 : &statistics.counter(*this, "products_gated", CounterKind::count,
                                       "products whose multiplier a zero operand gates")),
      partial_lanes_(statistics.counter(*this, "lanes_partial", CounterKind::count,
                                        "multipliers without work in the last slot of a dot product")),
      activation_vectors_(
          statistics.counter(*this, "iaram_vector_reads", CounterKind::count, "activation vectors fetched from IARAM")),
      weight_vectors_(
          statistics.counter(*this, "weight_vector_reads", CounterKind::count, "weight vectors read from the buffer")),
      weight_bytes_(statistics.counter(*this, "weight_bytes", CounterKind::bytes, "weights received")),
      held_bytes_(statistics.counter(*this, "iaram_held_bytes", CounterKind::maximum,
                                     "inputs of a layer in IARAM, with halos")) {}

void ProcessingElement::store(const ActivationTile& tile) {
    held_inputs_ = tile.values.size();
    held_bytes_.raise_to(tile.values.size_bytes());
    // The payload wants a mutable pointer; a write does not change the data.
    auto* const values = const_cast<std::int16_t*>(tile.values.data());
    access_memory(iaram, tlm::TLM_WRITE_COMMAND, 0, reinterpret_cast<unsigned char*>(values), tile.values.size_bytes());
}

void ProcessingElement::command(PeCommand& command) {
    switch (command.kind) {
        case PeCommand::Kind::configure:
            plan_ = command.plan;
            command.malformed = !configure();
            break;
        case PeCommand::Kind::settle:
            settle(command.group_index, command.group_cycles);
            break;
        case PeCommand::Kind::discard:
            discard();
            break;
    }
}

bool ProcessingElement::configure() {
    const Geometry& geometry = plan_->geometry;
    if (geometry.outputs(id_) == 0 || geometry.channels_of(id_).empty()) {
        return true;
    }
    if (held_inputs_ != geometry.held_inputs(id_)) {
        return false;
    }
    std::vector<std::int16_t> inputs(held_inputs_);
    access_memory(iaram, tlm::TLM_READ_COMMAND, 0, reinterpret_cast<unsigned char*>(inputs.data()),
                  inputs.size() * sizeof inputs[0]);
    if (!plan_->holds(inputs)) {
        return false;
    }
    array_.begin_layer(geometry, id_, inputs);
    return true;
}

void ProcessingElement::work(WeightGroup& message, sc_core::sc_time& delay) {
    group_start_ = sc_core::sc_time_stamp();
    const pe_array::ChannelGroup& group = plan_->geometry.channel_groups[std::size_t(message.group_index)];
    if (plan_->geometry.outputs(id_) != 0) {
        const std::size_t sums = plan_->count_only ? 0 : message.rows->rows() * array_.outputs();
        const bool narrow = message.rows->narrow();
        narrow_sums_.resize(narrow ? sums : 0);
        sums_.resize(narrow ? 0 : sums);
        counts_ = narrow ? array_.run(group.convolution_group, *message.rows, std::span(narrow_sums_))
                         : array_.run(group.convolution_group, *message.rows, std::span(sums_));
    }
    group_weight_bytes_ = message.bytes;
    message.counts = counts_;
    delay += clock_(counts_.slots);
    if (trace_ != nullptr && trace_->waves() && counts_.slots > 0) {
        trace_->play(group_start_, {{0, busy_signal_, 1}, {counts_.slots, busy_signal_, 0}});
    }
}

void ProcessingElement::settle(int group_index, Cycles group_cycles) {
    busy_.add(counts_.slots);
    barrier_.add(group_cycles - counts_.slots);
    products_.add(counts_.products);
    useful_.add(counts_.useful);
    zero_operand_.add(counts_.zero_operand);
    padding_.add(counts_.padding);
    if (gated_ != nullptr) {
        gated_->add(counts_.zero_operand + counts_.padding);
    }
    partial_lanes_.add(counts_.partial_lanes);
    activation_vectors_.add(counts_.activation_vectors);
    weight_vectors_.add(counts_.slots);
    weight_bytes_.add(group_weight_bytes_);
    group_weight_bytes_ = 0;
    const bool last = std::size_t(group_index) + 1 == plan_->geometry.channel_groups.size();
    if (counts_.slots != 0) {
        put_out(group_index);
    }
    if (last) {
        array_.end_layer();
        sums_ = std::vector<std::int64_t>();
        narrow_sums_ = std::vector<std::int32_t>();
    }
}

void ProcessingElement::put_out(int group_index) {
    if (trace_ != nullptr && trace_->timeline()) {
        trace_->slice(name(), "group " + std::to_string(group_index), group_start_, clock_(counts_.slots),
                      {{"products", counts_.products}, {"useful", counts_.useful}});
    }
    const pe_array::ChannelGroup group = plan_->geometry.group_of(group_index, id_);
    pe_array::PsumBlock block{
        plan_, id_, group.k_begin, group.k_count, std::uint64_t(group.k_count) * array_.outputs(), sums_, narrow_sums_};
    sc_core::sc_time delay;
    outputs.send(block, delay);
    counts_ = {};
}

void ProcessingElement::discard() {
    plan_ = nullptr;
    held_inputs_ = 0;
    counts_ = {};
}

}  // namespace nonzero::dcnn
