#include "models/masked/memory_side.h"

#include <utility>

#include "models/host/fault.h"
#include "models/masked/packed_operands.h"

namespace nonzero::masked {

namespace {

std::vector<std::uint8_t> read_bytes(WorkContext& context, std::uint64_t address, std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    if (size > 0) {
        context.read(address, bytes.data(), size);
    }
    return bytes;
}

}  // namespace

MemorySide::MemorySide(const sc_core::sc_object& sequencer, Statistics& statistics)
    : activation_bytes_(statistics.counter(sequencer, "activation_bytes", CounterKind::bytes,
                                           "masks and values of activations read from memory")),
      weight_bytes_(statistics.counter(sequencer, "weight_bytes", CounterKind::bytes,
                                       "masks and values of weights read from memory, once")),
      output_bytes_(
          statistics.counter(sequencer, "output_bytes", CounterKind::bytes,
                             "outputs as masks and values; of sums, and only counted, as if none were zero")) {}

MaskedTensor MemorySide::read_input(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context) {
    const std::size_t head = mask_bytes(layer.inputs());
    auto input = MaskedTensor::from_mask(read_bytes(context, descriptor.input.address, head), layer.inputs());
    if (!input) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    activation_bytes_.add(bytes_of(*input));
    if (layer.count_only) {
        return std::move(*input);
    }
    const std::size_t values = input->non_zeros() * sizeof(std::int16_t);
    if (descriptor.input.size < head + values) {
        throw Fault{NZ_ERROR_REGION, descriptor.input.address};
    }
    if (!input->take_values(read_bytes(context, descriptor.input.address + head, values), layer.operand_bits)) {
        throw Fault{NZ_ERROR_DATA, descriptor.input.address};
    }
    return std::move(*input);
}

Filters MemorySide::read_filter_masks(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context) {
    const FilterSets& sets = layer.filter_sets;
    const std::vector<std::uint8_t> bytes = read_bytes(context, descriptor.weights.address, sets.head_bytes());
    auto order = read_order(sets, bytes);
    if (!order) {
        throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
    }
    Filters filters;
    filters.order = std::move(*order);
    filters.values.assign(1, 0);
    const std::size_t size = mask_bytes(sets.weights_of_filter());
    for (std::size_t place = 0; place < filters.order.size(); ++place) {
        auto filter = MaskedTensor::from_mask(std::span(bytes).subspan(sets.order_bytes() + place * size, size),
                                              sets.weights_of_filter());
        if (!filter) {
            throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
        }
        filters.values.push_back(filters.values.back() + filter->non_zeros() * sizeof(std::int16_t));
        filters.tensors.push_back(std::move(*filter));
    }
    const nz_region values = values_region(descriptor, layer, filters);
    if (descriptor.weights.size < sets.head_bytes() + values.size) {
        throw Fault{NZ_ERROR_REGION, descriptor.weights.address};
    }
    weight_bytes_.add(bytes_of(layer, filters));
    return filters;
}

nz_region values_region(const nz_descriptor& descriptor, const MaskedLayer& layer, const Filters& filters) {
    return {descriptor.weights.address + layer.filter_sets.head_bytes(),
            layer.count_only ? 0 : std::uint64_t(filters.values.back())};
}

Filters MemorySide::read_filters(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context) {
    Filters filters = read_filter_masks(descriptor, layer, context);
    const nz_region values = values_region(descriptor, layer, filters);
    if (!layer.count_only &&
        !filters.take_values({0, filters.tensors.size()}, read_bytes(context, values.address, values.size),
                             layer.operand_bits)) {
        throw Fault{NZ_ERROR_DATA, descriptor.weights.address};
    }
    return filters;
}

void MemorySide::begin(StreamInitiator<OutputCommand>& outputs, const MaskedLayer& layer) {
    OutputCommand command;
    command.layer = &layer;
    sc_core::sc_time delay;
    outputs.send(command, delay);
}

std::span<const std::uint8_t> MemorySide::finish(StreamInitiator<OutputCommand>& outputs, const MaskedLayer& layer,
                                                 Completion& completion) {
    OutputCommand command;
    command.kind = OutputCommand::Kind::finish;
    sc_core::sc_time delay;
    outputs.send(command, delay);
    completion.overflows = command.overflows;
    const bool stored = !layer.count_only && !layer.raw64;
    output_bytes_.add(stored ? command.bytes.size() : masked_limit(layer.outputs()));
    return command.bytes;
}

}  // namespace nonzero::masked
