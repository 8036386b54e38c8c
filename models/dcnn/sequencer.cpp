#include "models/dcnn/sequencer.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>

#include "models/dcnn/descriptor_limits.h"
#include "models/dcnn/weight_fetch.h"
#include "models/pe_array/dense_image.h"
#include "workloads/operand_scan.h"

namespace nonzero::dcnn {

static_assert(std::endian::native == std::endian::little, "outputs lie in OARAM as the host holds them");

namespace {

constexpr std::uint64_t kHeldBytes = sizeof(std::int16_t);  // of an activation on chip

// A block per channel.
SeriesShape input_shape(const nz_descriptor& descriptor) {
    return {{std::size_t(descriptor.h) * descriptor.w}, descriptor.c};
}

// In `storage`, where they are not the stored bytes themselves.
std::optional<std::span<const std::int16_t>> read_inputs(std::span<const std::uint8_t> stored, const SeriesShape& shape,
                                                         const OperandFormat& format,
                                                         std::vector<std::int16_t>& storage) {
    if (format.blocks == BlockFormat::dense) {
        return dense_elements(stored, shape.elements(), format.bits, storage);
    }
    OperandSeries series;
    if (!read_series(stored, shape, format, series)) {
        return std::nullopt;
    }
    storage = expand(series, shape);
    return storage;
}

}  // namespace

Sequencer::Sequencer(sc_core::sc_module_name name, const DcnnParameters& parameters, const Clocking& clock,
                     Statistics& statistics, TracePlayer* trace)
    : pe_array::PeArraySequencer(name, parameters, clock, statistics, trace),
      activations("activations", std::size_t(parameters.pes())),
      control("control", std::size_t(parameters.pes())),
      weights("weights", std::size_t(parameters.pes())),
      parameters_(parameters),
      tile_macs_(
          statistics.counter(*this, "tile_macs", CounterKind::count, "products of the PE that has most of them")) {}

nz_error Sequencer::check(const nz_descriptor& descriptor) const {
    const bool resident = (descriptor.flags & NZ_FLAG_INPUT_RESIDENT) != 0;
    const nz_error error = check_for_dcnn(descriptor, parameters_);
    return error == NZ_ERROR_NONE && descriptor.opcode != NZ_OP_LOAD && !resident ? NZ_ERROR_NOT_RESIDENT : error;
}

bool Sequencer::same_input(const nz_descriptor& load, const nz_descriptor& layer) const {
    return dcnn::same_input(load, layer);
}

void Sequencer::reset() {
    plan_ = nullptr;
    command_all(PeCommand::Kind::discard);
    pe_array::PeArraySequencer::reset();
}

bool Sequencer::command_all(PeCommand::Kind kind, int group_index, Cycles group_cycles) {
    bool sound = true;
    send_to_all(control, {kind, plan_, group_index, group_cycles, false},
                [&](const PeCommand& answer) { sound = sound && !answer.malformed; });
    return sound;
}

nz_region Sequencer::input_bytes(const nz_descriptor& descriptor) const {
    const std::uint64_t largest = series_limit(input_shape(descriptor), parameters_.activation_format());
    if (parameters_.variant == Variant::optimised) {
        if (descriptor.input.size > largest) {
            throw Fault{NZ_ERROR_DATA, descriptor.input.address};
        }
        return descriptor.input;
    }
    if (descriptor.input.size < largest) {
        throw Fault{NZ_ERROR_REGION, descriptor.input.address};
    }
    return {descriptor.input.address, largest};
}

nz_region Sequencer::send_inputs(const nz_descriptor& descriptor, WorkContext& context) {
    const nz_region region = input_bytes(descriptor);
    std::vector<std::uint8_t> stored(region.size);
    context.read(region.address, stored.data(), stored.size());
    std::vector<std::int16_t> storage;
    const std::optional<std::span<const std::int16_t>> read =
        read_inputs(stored, input_shape(descriptor), parameters_.activation_format(), storage);
    if (!read) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    const std::span<const std::int16_t> values = *read;
    largest_input_ = int(bounds_of(values).magnitude());
    const ConvolutionShape shape = shape_of(descriptor);
    const Geometry geometry = make_geometry(shape, parameters_);
    std::vector<std::int16_t> part;
    for (std::size_t pe = 0; pe < activations.size(); ++pe) {
        const Range rows = geometry.row_of(int(pe)).inputs;
        const Range columns = geometry.column_of(int(pe)).inputs;
        part.clear();
        for (int channel = 0; channel < shape.C; ++channel) {
            for (int row = rows.begin; row < rows.end; ++row) {
                const auto line = (std::ptrdiff_t{channel} * shape.H + row) * shape.W;
                part.insert(part.end(), values.begin() + line + columns.begin, values.begin() + line + columns.end);
            }
        }
        ActivationTile tile{part};
        sc_core::sc_time delay;
        activations[pe].send(tile, delay);
    }
    return region;
}

std::unique_ptr<pe_array::PeArrayPlan> Sequencer::make_plan(const nz_descriptor& descriptor) {
    auto plan = std::make_unique<LayerPlan>(shape_of(descriptor), parameters_);
    plan_ = plan.get();
    return plan;
}

std::optional<TemporalTiling> Sequencer::configure() {
    if (!command_all(PeCommand::Kind::configure)) {
        return std::nullopt;
    }
    const Geometry& geometry = plan_->geometry;
    const ConvolutionShape& shape = geometry.shape;
    const std::uint64_t inputs = std::uint64_t(shape.C) * std::uint64_t(shape.H) * std::uint64_t(shape.W);
    return temporal_tiling((inputs + stored_outputs()) * kHeldBytes,
                           std::uint64_t(parameters_.activation_sram_kib) * 1024, geometry.fully_connected,
                           geometry.channel_groups.size());
}

std::unique_ptr<JobFetch> Sequencer::make_fetch(const nz_descriptor& descriptor, WorkContext& context) {
    const OperandFormat format = parameters_.weight_format();
    constexpr int kWidest = 16;  // then every weight is one that the machine holds
    const bool counts = plan_->count_only && format.bits == kWidest && parameters_.operand_bits == kWidest &&
                        parameters_.dma.burst_bytes % int(kHeldBytes) == 0 &&
                        descriptor.weights.address % kHeldBytes == 0;
    return std::make_unique<WeightFetch>(descriptor.weights, context, plan_->geometry, format, counts);
}

std::optional<Cycles> Sequencer::compute(int index, const JobFetch& fetched, Completion& completion) {
    const auto& weights_there = static_cast<const WeightFetch&>(fetched);
    const Geometry& geometry = plan_->geometry;
    const auto positions = std::size_t(geometry.shape.KH) * std::size_t(geometry.shape.KW);
    const auto channels = std::size_t(geometry.channels_per_convolution_group());
    // Of a convolution the same weights for all PEs, else the PE's own.
    std::uint64_t weight_bytes = 0;
    const auto take_rows = [&](std::size_t pe) -> bool {
        const auto rows = std::size_t(geometry.group_of(index, int(pe)).k_count);
        if (const auto counts = weights_there.non_zeros(std::size_t(index), pe)) {
            rows_.assign_counts(*counts, rows, channels, positions);
        } else {
            const auto values = dense_elements(weights_there.of(std::size_t(index), pe), rows * channels * positions,
                                               parameters_.weight_format().bits, unpacked_weights_);
            if (!values || !plan_->holds(*values)) {
                return false;
            }
            rows_.assign(*values, rows, channels, positions, largest_input_, plan_->count_only);
        }
        weight_bytes = weights_there.bytes(std::size_t(index), pe);
        count_weights(weight_bytes);
        return true;
    };
    if (!geometry.fully_connected && !take_rows(0)) {
        return std::nullopt;
    }
    Cycles slowest = 0;
    for (std::size_t pe = 0; pe < weights.size(); ++pe) {
        if (geometry.fully_connected) {
            if (geometry.group_of(index, int(pe)).k_count == 0) {
                continue;
            }
            if (!take_rows(pe)) {
                return std::nullopt;
            }
        }
        send(pe, index, weight_bytes, slowest, completion);
    }
    return slowest;
}

void Sequencer::send(std::size_t pe, int index, std::uint64_t weight_bytes, Cycles& slowest, Completion& completion) {
    const Geometry& geometry = plan_->geometry;
    WeightGroup message;
    message.group_index = index;
    message.rows = &rows_;
    message.bytes = weight_bytes * tiling().weight_reads;
    sc_core::sc_time delay;
    weights[pe].send(message, delay);
    slowest = std::max(slowest, clock().cycles(delay));
    if (message.counts.products != geometry.outputs(int(pe)) * rows_.rows() * geometry.taps()) {
        throw std::logic_error(std::string(weights[pe].name()) + ": products are not conserved");
    }
    completion.products += message.counts.products;
    completion.useful_products += message.counts.useful;
}

void Sequencer::settle(int index, Cycles cycles) {
    command_all(PeCommand::Kind::settle, index, cycles);
}

Sequencer::StoredOutput Sequencer::store_output(const std::vector<std::vector<std::uint8_t>>& parts, bool) {
    const Geometry& geometry = plan_->geometry;
    tile_macs_.add(geometry.largest_products());
    StoredOutput output;
    const OperandFormat dense{BlockFormat::dense, parameters_.dram_operand_bits};
    output.dram_bytes = tiling().on_chip() ? 0 : series_limit({{stored_outputs()}}, dense);
    if (plan_->count_only) {
        return output;
    }
    const auto place_of = [&](int pe) -> pe_array::DensePart {
        return {geometry.channels_of(pe), plan_->output_rows(pe), plan_->output_columns(pe)};
    };
    const auto rows = std::size_t(plan_->plane_rows());
    const auto columns = std::size_t(plan_->plane_columns());
    const std::size_t element = plan_->raw64 ? sizeof(std::int64_t) : sizeof(std::int16_t);
    output.bytes = pe_array::dense_image(parts, place_of, std::size_t(geometry.shape.K), rows, columns, element);
    if (!plan_->raw64) {
        const std::span values(reinterpret_cast<const std::int16_t*>(output.bytes.data()),
                               output.bytes.size() / sizeof(std::int16_t));
        const OperandFormat format = parameters_.activation_format();
        if (format.blocks != BlockFormat::dense || format.bits != 8 * int(kHeldBytes)) {
            std::vector<std::uint8_t> stored;
            append_series(values, {{rows * columns}, std::size_t(geometry.shape.K)}, format, stored);
            output.bytes = std::move(stored);
        }
        output.dram_bytes = tiling().on_chip() ? 0 : output.bytes.size();
    }
    return output;
}

std::uint64_t Sequencer::stored_outputs() const {
    const ConvolutionShape& shape = plan_->geometry.shape;
    return std::uint64_t(shape.K) * std::uint64_t(plan_->plane_rows()) * std::uint64_t(plan_->plane_columns());
}

}  // namespace nonzero::dcnn
