#include "models/scnn/processing_element.h"

#include <algorithm>

#include "models/memory/memory_access.h"

namespace nonzero::scnn {

ProcessingElement::AnyArray ProcessingElement::make_array(const ScnnParameters& parameters) {
    if (narrow_counts(parameters)) {
        return MultiplierArray<std::uint8_t>(parameters);
    }
    return MultiplierArray<std::uint16_t>(parameters);
}

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
      vector_length_(std::uint32_t(parameters.i)),
      array_(make_array(parameters)),
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
                [this](auto& array) {
                    array.begin_group(trace_ != nullptr && trace_->waves() ? &stretches_ : nullptr);
                },
                array_);
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
    command.malformed = !(plan_->geometry.fully_connected ? decode_inputs() : decode_activations());
    if (command.malformed) {
        return;
    }
    command.stored_entries = plan_->geometry.fully_connected ? inputs_.size() : blocks_.entries();
    lay_out_outputs();
    accumulators_.resize(plan_->count_only ? 0 : std::size_t(plan_->geometry.cells()));
    for (auto& received : received_) {
        received.assign(std::size_t(owned_outputs_) * std::size_t(plan_->geometry.kc), 0);
    }
}

bool ProcessingElement::decode_activations() {
    const Geometry& geometry = plan_->geometry;
    const ConvolutionShape& shape = geometry.shape;
    const Span1D& rows = geometry.row_of(id_);
    const Span1D& columns = geometry.column_of(id_);
    std::vector<unsigned char> image(image_bytes_);
    access_memory(iaram, tlm::TLM_READ_COMMAND, 0, image.data(), image.size());
    const bool compressed = has_placeholders(plan_->activation_format.blocks);
    OperandSeries series;
    blocks_ = {};
    if (!read_series(image, activation_shape(geometry, id_), plan_->activation_format, series)) {
        return false;
    }
    for (int channel = 0; channel < shape.C; ++channel) {
        for (int phase = 0; phase < geometry.phases(); ++phase) {
            const PhasePositions ys = phase_positions(rows.tile, shape.pad_top, shape.stride_y, phase / shape.stride_x);
            const PhasePositions xs =
                phase_positions(columns.tile, shape.pad_left, shape.stride_x, phase % shape.stride_x);
            const std::size_t number = block_number(geometry, channel, phase);
            const auto values = series.values_of(number);
            const auto positions = series.positions_of(number);
            ActivationBlock decoded;
            decoded.begin = std::uint32_t(blocks_.entries());
            decoded.first_non_zero = std::uint32_t(blocks_.value.size());
            decoded.entries = std::uint32_t(values.size());
            decoded.vectors = (decoded.entries + vector_length_ - 1) / vector_length_;
            decoded.unused_lanes = decoded.vectors * vector_length_ - decoded.entries;
            for (std::size_t n = 0; n < values.size(); ++n) {
                const std::int16_t value = values[n];
                if (!plan_->holds(value)) {
                    return false;
                }
                const int y = ys.at(int(positions[n]) / xs.count);
                const int x = xs.at(int(positions[n]) % xs.count);
                const bool placeholder = value == 0 && compressed;
                const std::uint32_t place = placeholder ? PlaceClasses::kVoid : plan_->places.of(y, x);
                decoded.operands += placeholder ? 0 : 1;
                decoded.interior = decoded.interior && (placeholder || plan_->places.interior(phase, place));
                blocks_.place_class.push_back(place);
                if (value != 0) {
                    ++decoded.non_zeros;
                    blocks_.value.push_back(value);
                    blocks_.cell.push_back(geometry.cell(0, (y + shape.pad_top) / shape.stride_y,
                                                         (x + shape.pad_left) / shape.stride_x, rows.reach_begin,
                                                         columns.reach_begin));
                    if (!compressed) {
                        blocks_.non_zero_places.push_back(place);
                    }
                }
            }
            blocks_.blocks.push_back(decoded);
        }
    }
    count_stored(blocks_.entries());
    return true;
}

// The inputs come in as many parts as there are PEs, which is how the layer before leaves its outputs.
bool ProcessingElement::decode_inputs() {
    const Geometry& geometry = plan_->geometry;
    std::vector<unsigned char> image(image_bytes_);
    access_memory(iaram, tlm::TLM_READ_COMMAND, 0, image.data(), image.size());
    std::span<const std::uint8_t> rest(image);
    OperandSeries series;
    blocks_ = {};
    inputs_.clear();
    for (int part = 0; part < geometry.pes(); ++part) {
        if (!take_series(rest, line_part_shape(geometry.shape.C, geometry.pes(), part), plan_->line_format, series)) {
            return false;
        }
        const int first = balanced_part(geometry.shape.C, geometry.pes(), part).begin;
        for (std::size_t n = 0; n < series.entries(); ++n) {
            if (!plan_->holds(series.values[n])) {
                return false;
            }
            inputs_.push_back({std::uint32_t(first) + series.positions[n], series.values[n]});
        }
    }
    count_stored(inputs_.size());
    return rest.empty();
}

void ProcessingElement::count_stored(std::size_t entries) {
    stored_entries_.raise_to(entries);
    const auto capacity = std::size_t(iaram_entries_);
    iaram_excess_.add(entries > capacity ? entries - capacity : 0);
}

void ProcessingElement::lay_out_outputs() {
    const Geometry& geometry = plan_->geometry;
    const Span1D& rows = geometry.row_of(id_);
    const Span1D& columns = geometry.column_of(id_);
    owned_outputs_ = std::uint32_t(rows.owned.size()) * std::uint32_t(columns.owned.size());
    halo_.clear();
    own_.clear();
    if (geometry.fully_connected) {
        own_.push_back({0, 0});
        return;
    }
    // An empty tile, or one whose outputs all fall outside the plane, reaches nothing.
    if (rows.reach.empty() || columns.reach.empty()) {
        return;
    }
    for (int yo = rows.reach.begin; yo < rows.reach.end; ++yo) {
        for (int xo = columns.reach.begin; xo < columns.reach.end; ++xo) {
            const int owner = geometry.owner(yo, xo);
            const Span1D& owner_rows = geometry.row_of(owner);
            const Span1D& owner_columns = geometry.column_of(owner);
            const auto address = std::uint32_t((yo - owner_rows.owned.begin) * owner_columns.owned.size() +
                                               (xo - owner_columns.owned.begin));
            const int cell = geometry.cell(0, yo, xo, rows.reach_begin, columns.reach_begin);
            if (owner == id_) {
                own_.push_back({address, cell});
            } else {
                halo_.push_back({std::uint16_t(owner), address,
                                 std::uint32_t(owner_rows.owned.size() * owner_columns.owned.size()), cell});
            }
        }
    }
}

void ProcessingElement::work(WeightBlocks& message) {
    weight_bytes_.add(message.bytes);
    if (plan_->geometry.fully_connected) {
        message.malformed = !work_neurons(message.neurons);
    } else {
        work_blocks(message);
    }
}

void ProcessingElement::work_blocks(const WeightBlocks& message) {
    const int buffer = group_index_ % 2;
    std::visit(
        [&](auto& array) {
            using Routing = ScatterRouting<typename std::decay_t<decltype(array)>::CountType>;
            const auto routings = std::get<std::span<const Routing>>(message.routings);
            for (std::size_t n = 0; n < message.blocks.size(); ++n) {
                const WeightBlock& weight = message.blocks[n];
                array.run(blocks_, weight.block, routings[n], weight.vectors, message.arrival);
            }
        },
        array_);
    if (plan_->count_only) {
        return;
    }
    for (const WeightBlock& weight : message.blocks) {
        const ActivationBlock& block = blocks_.blocks[weight.block];
        if (block.non_zeros > 0) {
            accumulators_.accumulate(buffer, {blocks_.value.data() + block.first_non_zero, block.non_zeros},
                                     {blocks_.cell.data() + block.first_non_zero, block.non_zeros}, weight.operands);
        }
    }
}

bool ProcessingElement::work_neurons(std::span<const std::uint8_t> bytes) {
    const pe_array::ChannelGroup own = group(group_index_);
    if (!neuron_weights_.decode(bytes, neuron_shape(plan_->geometry, own), plan_->weight_format,
                                plan_->operand_limit)) {
        return false;
    }
    const int buffer = group_index_ % 2;
    const bool compressed = has_placeholders(plan_->weight_format.blocks);
    const std::vector<std::int16_t> bank_of = banks_of_neurons();
    std::vector<std::int16_t> banks;
    std::visit(
        [&](auto& array) {
            for (const Input& input : inputs_) {
                const auto values = neuron_weights_.values(input.number);
                const auto neurons = neuron_weights_.neurons(input.number);
                banks.resize(values.size());
                std::uint64_t non_zeros = 0;
                for (std::size_t n = 0; n < values.size(); ++n) {
                    banks[n] = values[n] == 0 && compressed ? array.kNoBank : bank_of[neurons[n]];
                    non_zeros += values[n] != 0 ? 1 : 0;
                }
                array.run_single(banks, input.value != 0 ? non_zeros : 0);
                if (!plan_->count_only) {
                    for (std::size_t n = 0; n < values.size(); ++n) {
                        accumulators_.add(buffer, neurons[n], std::int64_t(input.value) * values[n]);
                    }
                }
            }
        },
        array_);
    return true;
}

// Bank of each neuron of the open group; every output is at xo = yo = 0 (card 10.10).
std::vector<std::int16_t> ProcessingElement::banks_of_neurons() const {
    const BankCodes& codes = plan_->codes;
    const pe_array::ChannelGroup own = group(group_index_);
    const std::uint16_t place = codes.place_code(codes.row_code(0, 0), codes.column_code(0, 0));
    std::vector<std::int16_t> banks;
    banks.reserve(std::size_t(own.k_count));
    for (int k = 0; k < own.k_count; ++k) {
        banks.push_back(std::int16_t(codes.bank(codes.index(place, codes.k_code(own.k_begin + k, k)))));
    }
    return banks;
}

void ProcessingElement::end_compute(sc_core::sc_time& delay) {
    slots_ = std::visit([](auto& array) { return array.end_group(); }, array_);
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
        for (const HaloCell& halo : halo_) {
            const std::int64_t value = plan_->count_only ? 0 : accumulators_.read(buffer, std::size_t(halo.cell + k));
            packets_.push_back({halo.owner, std::uint32_t(k) * halo.owner_outputs + halo.address, value});
        }
    }
    psums_sent_.add(packets_.size());
    PacketBurst burst{std::uint16_t(id_), packets_};
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
            for (const OwnCell& own : own_) {
                sums[std::size_t(k) * owned_outputs_ + own.address] +=
                    accumulators_.read(buffer, std::size_t(own.cell + k));
            }
        }
    }
    const std::size_t count = std::size_t(finished.k_count) * owned_outputs_;
    pe_array::PsumBlock block{plan_, id_, finished.k_begin, finished.k_count, count, {sums.data(), count}};
    sc_core::sc_time delay;
    outputs.send(block, delay);
}

void ProcessingElement::discard() {
    plan_ = nullptr;
    blocks_ = {};
    inputs_.clear();
    image_bytes_ = 0;
    slots_ = {};
    halo_.clear();
    own_.clear();
}

}  // namespace nonzero::scnn
