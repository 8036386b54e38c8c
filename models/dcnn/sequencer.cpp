#include "models/dcnn/sequencer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>

#include "models/common/descriptor_tables.h"
#include "models/common/double_buffered_read.h"
#include "models/dcnn/activation_format.h"
#include "models/dcnn/descriptor_limits.h"

namespace nonzero::dcnn {

static_assert(std::endian::native == std::endian::little, "operands lie in memory as the host holds them");

// The weights of a layer on their way from memory, group after group.
class Sequencer::WeightFetch {
  public:
    WeightFetch(const nz_region& region, WorkContext& context, const Geometry& geometry)
        : context_(context), ahead_(context) {
        std::uint64_t address = region.address;
        for (const ChannelGroup& group : geometry.channel_groups) {
            std::uint64_t rows = geometry.fully_connected ? 0 : std::uint64_t(group.k_count);
            for (int pe = 0; geometry.fully_connected && pe < geometry.pes(); ++pe) {
                rows += std::uint64_t(geometry.channels(pe, group).size());
            }
            blocks_.push_back({address, rows * geometry.taps() * sizeof(std::int16_t)});
            address += blocks_.back().size;
        }
        bytes_ = address - region.address;
        if (bytes_ > region.size) {
            throw Fault{NZ_ERROR_REGION, region.address};
        }
    }

    // Starts reading a group; two can be on the way or in use.
    void start(std::size_t group) {
        if (group < blocks_.size()) {
            ahead_.start(group, blocks_[group]);
        }
    }
    // Waits until the group is there.
    std::span<const std::int16_t> wait(std::size_t group) { return operands(ahead_.wait(group)); }

    // Reads all groups instead (ideal memory).
    void read_all() {
        all_.resize(bytes_);
        context_.read(blocks_.front().address, all_.data(), all_.size());
    }
    std::span<const std::int16_t> of(std::size_t group) const {
        return operands(std::span(all_).subspan(blocks_[group].address - blocks_.front().address, blocks_[group].size));
    }

  private:
    static std::span<const std::int16_t> operands(std::span<const std::uint8_t> bytes) {
        return {reinterpret_cast<const std::int16_t*>(bytes.data()), bytes.size() / sizeof(std::int16_t)};
    }
    WorkContext& context_;
    DoubleBufferedRead ahead_;
    std::vector<nz_region> blocks_;
    std::uint64_t bytes_ = 0;
    std::vector<std::uint8_t> all_;
};

Sequencer::Sequencer(sc_core::sc_module_name name, const DcnnParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : sc_module(name),
      activations("activations", std::size_t(parameters.pes())),
      control("control", std::size_t(parameters.pes())),
      weights("weights", std::size_t(parameters.pes())),
      read_out("read_out", std::size_t(parameters.pes())),
      pooling(std::size_t(parameters.pes())),
      parameters_(parameters),
      clock_(clock),
      trace_(trace),
      computing_signal_(trace != nullptr ? trace->declare(std::string(this->name()) + ".computing", 1)
                                         : TracePlayer::kNoSignal),
      layers_(statistics.counter(*this, "layers", CounterKind::count, "layers finished")),
      groups_(statistics.counter(*this, "groups", CounterKind::count, "output-channel groups computed")),
      layer_cycles_(statistics.counter(*this, "layer_cycles", CounterKind::cycles, "cycles of finished layers")),
      setup_cycles_(statistics.counter(*this, "setup_cycles", CounterKind::cycles,
                                       "reading what the layer needs before its first cycle")),
      compute_cycles_(statistics.counter(*this, "computing", CounterKind::cycles, "a group computes")),
      memory_(statistics.counter(*this, "memory", CounterKind::cycles, "nothing computes: weights not there")),
      weight_bytes_(statistics.counter(*this, "weight_broadcast_bytes", CounterKind::bytes,
                                       "weights broadcast to the PEs, or sent to one")),
      tile_macs_(
          statistics.counter(*this, "tile_macs", CounterKind::count, "products of the PE that has most of them")),
      dram_weight_bytes_(statistics.counter(*this, "dram_weight_bytes", CounterKind::bytes, "weights read from DRAM")),
      dram_activation_read_bytes_(statistics.counter(*this, "dram_activation_read_bytes", CounterKind::bytes,
                                                     "inputs of layers that do not fit the activation RAM")),
      dram_activation_write_bytes_(statistics.counter(*this, "dram_activation_write_bytes", CounterKind::bytes,
                                                      "outputs of layers that do not fit the activation RAM")),
      temporal_tiles_(
          statistics.counter(*this, "temporal_tiles", CounterKind::maximum, "fillings of the activation RAM")) {}

Sequencer::~Sequencer() = default;

std::uint32_t Sequencer::capabilities() const {
    return 1U << NZ_OP_CONV | 1U << NZ_OP_DEPTHWISE | 1U << NZ_OP_FULLY_CONNECTED | 1U << NZ_OP_LOAD;
}

Completion Sequencer::execute(const nz_descriptor& descriptor, WorkContext& context) {
    const nz_error error = check_for_dcnn(descriptor, parameters_);
    if (error != NZ_ERROR_NONE) {
        throw Fault{error};
    }
    return descriptor.opcode == NZ_OP_LOAD ? load(descriptor, context) : run(descriptor, context);
}

void Sequencer::reset() {
    command_all(PeCommand::Kind::discard);
    resident_ = false;
    fetch_.reset();
    plan_.reset();
    if (trace_ != nullptr) {
        trace_->discard_future();
    }
}

bool Sequencer::command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles) {
    PeCommand command;
    bool malformed = false;
    sc_core::sc_time delay;
    for (auto& pe : control) {
        command = {kind, plan_.get(), group_index, group_cycles, false};
        pe.send(command, delay);
        malformed = malformed || command.malformed;
    }
    return !malformed;
}

std::vector<std::int16_t> Sequencer::read_input(const nz_descriptor& descriptor, WorkContext& context) {
    const std::size_t plane = std::size_t(descriptor.h) * descriptor.w;
    const std::uint64_t largest = activation_bytes_limit(parameters_.variant, descriptor.c, plane);
    std::uint64_t bytes = descriptor.input.size;
    if (parameters_.variant == Variant::plain) {
        bytes = largest;
        if (descriptor.input.size < bytes) {
            throw Fault{NZ_ERROR_REGION, descriptor.input.address};
        }
    } else if (bytes > largest) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    std::vector<std::uint8_t> stored(bytes);
    context.read(descriptor.input.address, stored.data(), stored.size());
    std::vector<std::int16_t> values(descriptor.c * plane);
    if (!decode_activations(parameters_.variant, stored, plane, values)) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    loaded_bytes_ = bytes;
    return values;
}

Completion Sequencer::load(const nz_descriptor& descriptor, WorkContext& context) {
    resident_ = false;
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    const std::vector<std::int16_t> values = read_input(descriptor, context);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    largest_input_ = std::max(-int{*low}, int{*high});
    const ConvolutionShape shape = shape_of(descriptor);
    const Geometry geometry = make_geometry(shape, parameters_);
    std::vector<std::int16_t> part;
    for (std::size_t pe = 0; pe < activations.size(); ++pe) {
        const Range rows = geometry.row_of(int(pe)).inputs;
        const Range columns = geometry.column_of(int(pe)).inputs;
        part.clear();
        for (int channel = 0; channel < shape.C; ++channel) {
            for (int row = rows.begin; row < rows.end; ++row) {
                const auto line = (std::ptrdiff_t(channel) * shape.H + row) * shape.W;
                part.insert(part.end(), values.begin() + line + columns.begin, values.begin() + line + columns.end);
            }
        }
        ActivationTile tile{part};
        sc_core::sc_time delay;
        activations[pe].send(tile, delay);
    }
    loaded_ = descriptor;
    resident_ = true;
    Completion completion;
    completion.cycles = clock_.cycles(sc_core::sc_time_stamp() - begin);
    setup_cycles_.add(completion.cycles);
    return completion;
}

Completion Sequencer::run(const nz_descriptor& descriptor, WorkContext& context) {
    if ((descriptor.flags & NZ_FLAG_INPUT_RESIDENT) == 0 || !resident_ || !same_input(loaded_, descriptor)) {
        throw Fault{NZ_ERROR_NOT_RESIDENT};
    }
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    prepare(descriptor, context);
    Completion completion;
    run_groups(descriptor, context, completion);
    setup_cycles_.add(clock_.cycles(layer_start_ - begin));
    const std::vector<std::uint8_t> output = collect_output(completion);
    if (output.size() > descriptor.output.size) {
        throw Fault{NZ_ERROR_OUTPUT_SIZE, descriptor.output.address};
    }
    if (!output.empty()) {
        context.write(descriptor.output.address, output.data(), output.size());
    }
    completion.output_bytes = output.size();
    count_dram_activations(output.size());
    layers_.add();
    return completion;
}

void Sequencer::prepare(const nz_descriptor& descriptor, WorkContext& context) {
    plan_ = std::make_unique<LayerPlan>(shape_of(descriptor), parameters_);
    plan_->count_only = (descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0;
    plan_->raw64 = descriptor.output_type == NZ_TYPE_RAW64;
    plan_->post_processor =
        read_post_processor(descriptor, context, parameters_.accumulator_bits, parameters_.operand_bits);
    const Geometry& geometry = plan_->geometry;
    if (const auto asked = pooling_of(descriptor)) {
        const ConvolutionShape& shape = geometry.shape;
        plan_->pooling.emplace(*asked, shape.P, shape.Q, parameters_.pe_rows, parameters_.pe_columns);
        pooling.begin_layer(*plan_->pooling, std::min(parameters_.kc, shape.K / shape.groups));
    }
    tiling_ = temporal_tiling(dense_bytes(), std::uint64_t(parameters_.activation_sram_kib) * 1024,
                              geometry.fully_connected, geometry.channel_groups.size());
    temporal_tiles_.raise_to(tiling_.tiles);
    if (!command_all(PeCommand::Kind::configure)) {
        throw Fault{NZ_ERROR_DATA, loaded_.input.address};
    }
    OutputReadOut clear;
    clear.begin = true;
    for (auto& unit : read_out) {
        sc_core::sc_time delay;
        unit.send(clear, delay);
    }
}

void Sequencer::run_groups(const nz_descriptor& descriptor, WorkContext& context, Completion& completion) {
    const Geometry& geometry = plan_->geometry;
    const bool ideal = parameters_.memory_timing == MemoryTiming::ideal;
    fetch_ = std::make_unique<WeightFetch>(descriptor.weights, context, geometry);
    if (ideal) {
        fetch_->read_all();
    }
    layer_start_ = sc_core::sc_time_stamp();
    if (!ideal) {
        fetch_->start(0);
    }
    Cycles compute_end = 0;
    Cycles waited = 0;
    for (std::size_t g = 0; g < geometry.channel_groups.size(); ++g) {
        const int index = int(g);
        const auto group_weights = ideal ? fetch_->of(g) : fetch_->wait(g);
        // With modelled memory the weights may be there later than the group before has ended.
        const Cycles ready = ideal ? 0 : clock_.cycles(sc_core::sc_time_stamp() - layer_start_);
        const Cycles start = std::max(compute_end, ready);
        waited += start - compute_end;
        context.wait_until(layer_start_ + clock_(start));
        if (!ideal) {
            fetch_->start(g + 1);
        }
        const auto out_of_range = [this](std::int16_t weight) { return !plan_->holds(weight); };
        if (std::any_of(group_weights.begin(), group_weights.end(), out_of_range)) {
            throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
        }
        const Cycles cycles = compute_group(index, group_weights, completion);
        compute_end = start + cycles;
        show(index, start, cycles);
        context.wait_until(layer_start_ + clock_(compute_end));
        command_all(PeCommand::Kind::settle, index, cycles);
        if (plan_->pooling) {
            pooling.pool_group(geometry.channel_groups[g].k_count);
        }
        compute_cycles_.add(cycles);
        groups_.add();
        weight_bytes_.add(group_weights.size_bytes() * tiling_.weight_reads);
        dram_weight_bytes_.add(group_weights.size_bytes() * tiling_.weight_reads);
    }
    completion.cycles = compute_end;
    layer_cycles_.add(compute_end);
    memory_.add(waited * control.size());
    tile_macs_.add(geometry.largest_products());
}

Cycles Sequencer::compute_group(int index, std::span<const std::int16_t> group_weights, Completion& completion) {
    const Geometry& geometry = plan_->geometry;
    const ChannelGroup& group = geometry.channel_groups[std::size_t(index)];
    const auto positions = std::size_t(geometry.shape.KH) * std::size_t(geometry.shape.KW);
    const auto channels = std::size_t(geometry.channels_per_group());
    Cycles slowest = 0;
    if (!geometry.fully_connected) {
        rows_.assign(group_weights, std::size_t(group.k_count), channels, positions, largest_input_, plan_->count_only);
    }
    for (std::size_t pe = 0; pe < weights.size(); ++pe) {
        if (geometry.fully_connected) {
            const auto neurons = std::size_t(geometry.channels(int(pe), group).size());
            if (neurons == 0) {
                continue;
            }
            rows_.assign(group_weights.first(neurons * geometry.taps()), neurons, channels, positions, largest_input_,
                         plan_->count_only);
            group_weights = group_weights.subspan(neurons * geometry.taps());
        }
        send(pe, index, slowest, completion);
    }
    return slowest;
}

void Sequencer::send(std::size_t pe, int index, Cycles& slowest, Completion& completion) {
    const Geometry& geometry = plan_->geometry;
    WeightGroup message;
    message.group_index = index;
    message.rows = &rows_;
    message.bytes = rows_.rows() * geometry.taps() * sizeof(std::int16_t) * tiling_.weight_reads;
    sc_core::sc_time delay;
    weights[pe].send(message, delay);
    slowest = std::max(slowest, clock_.cycles(delay));
    if (message.counts.products != geometry.outputs(int(pe)) * rows_.rows() * geometry.taps()) {
        throw std::logic_error(std::string(weights[pe].name()) + ": products are not conserved");
    }
    completion.products += message.counts.products;
    completion.useful_products += message.counts.useful;
}

std::vector<std::uint8_t> Sequencer::collect_output(Completion& completion) {
    const Geometry& geometry = plan_->geometry;
    const ConvolutionShape& shape = geometry.shape;
    const std::size_t element = plan_->raw64 ? sizeof(std::int64_t) : sizeof(std::int16_t);
    const auto line = std::size_t(plan_->plane_columns());
    const auto plane = std::size_t(plan_->plane_rows()) * line;
    std::vector<std::uint8_t> output(plan_->count_only ? 0 : std::size_t(shape.K) * plane * element);
    std::vector<std::uint8_t> part;
    for (std::size_t pe = 0; pe < read_out.size(); ++pe) {
        OutputReadOut request;
        request.bytes = &part;
        sc_core::sc_time delay;
        read_out[pe].send(request, delay);
        completion.overflows += request.overflows;
        if (part.empty()) {
            continue;
        }
        const Range channels = geometry.channels(int(pe));
        const Range rows = plan_->output_rows(int(pe));
        const Range columns = plan_->output_columns(int(pe));
        const std::size_t piece = std::size_t(columns.size()) * element;
        const std::uint8_t* from = part.data();
        for (int k = channels.begin; k < channels.end; ++k) {
            for (int row = rows.begin; row < rows.end; ++row, from += piece) {
                const std::size_t place = std::size_t(k) * plane + std::size_t(row) * line + std::size_t(columns.begin);
                std::memcpy(output.data() + place * element, from, piece);
            }
        }
    }
    if (plan_->raw64 || plan_->count_only) {
        return output;
    }
    const std::span stored(reinterpret_cast<const std::int16_t*>(output.data()), output.size() / element);
    return encode_activations(parameters_.variant, stored, plane);
}

std::uint64_t Sequencer::dense_output_bytes() const {
    const ConvolutionShape& shape = plan_->geometry.shape;
    return std::uint64_t(shape.K) * std::uint64_t(plan_->plane_rows()) * std::uint64_t(plan_->plane_columns()) *
           sizeof(std::int16_t);
}

std::uint64_t Sequencer::dense_bytes() const {
    const ConvolutionShape& shape = plan_->geometry.shape;
    return std::uint64_t(shape.C) * std::uint64_t(shape.H) * std::uint64_t(shape.W) * sizeof(std::int16_t) +
           dense_output_bytes();
}

void Sequencer::count_dram_activations(std::uint64_t output_bytes) {
    if (tiling_.on_chip()) {
        return;
    }
    dram_activation_read_bytes_.add(loaded_bytes_ * tiling_.activation_reads);
    // Without stored outputs there is nothing to compress.
    dram_activation_write_bytes_.add(plan_->raw64 || plan_->count_only ? dense_output_bytes() : output_bytes);
}

void Sequencer::show(int group, Cycles begin, Cycles cycles) {
    if (trace_ == nullptr || cycles == 0) {
        return;
    }
    const sc_core::sc_time start = layer_start_ + clock_(begin);
    if (trace_->waves()) {
        trace_->play(start, {{0, computing_signal_, 1}, {cycles, computing_signal_, 0}});
    }
    if (trace_->timeline()) {
        trace_->slice(std::string(name()) + ".computing", "group " + std::to_string(group), start, clock_(cycles));
    }
}

}  // namespace nonzero::dcnn
