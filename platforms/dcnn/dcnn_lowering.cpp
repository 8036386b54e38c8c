#include "platforms/dcnn/dcnn_lowering.h"

#include "models/dcnn/activation_format.h"
#include "models/dcnn/descriptor_limits.h"
#include "models/dcnn/geometry.h"

namespace nonzero::dcnn {

DcnnLowering::DcnnLowering(const DcnnParameters& parameters)
    : pe_array::PeArrayLowering(parameters.variant == Variant::plain ? "dcnn" : "dcnn_opt", parameters),
      parameters_(parameters) {}

nz_error DcnnLowering::check_descriptor(const nz_descriptor& descriptor) const {
    return check_for_dcnn(descriptor, parameters_);
}

std::vector<std::uint8_t> DcnnLowering::pack_weights(const nz_descriptor& run, const Operands& weights) const {
    const Geometry geometry = make_geometry(shape_of(run), parameters_);
    if (!geometry.fully_connected) {
        return to_bytes(weights.data);
    }
    const auto inputs = std::ptrdiff_t(geometry.taps());
    std::vector<std::int16_t> rows;
    rows.reserve(weights.data.size());
    for (std::size_t group = 0; group < geometry.channel_groups.size(); ++group) {
        for (int pe = 0; pe < geometry.pes(); ++pe) {
            const pe_array::ChannelGroup neurons = geometry.group_of(int(group), pe);
            const auto first = weights.data.begin() + neurons.k_begin * inputs;
            rows.insert(rows.end(), first, first + neurons.k_count * inputs);
        }
    }
    return to_bytes(rows);
}

// Bounded by the coordinates of a descriptor alone.
int DcnnLowering::most_positions(const Layer&) const {
    constexpr int kPositionsOfPe = 1024;
    return parameters_.pes() * kPositionsOfPe;
}

// Exact: cycles follow from the shape.
std::uint64_t DcnnLowering::estimate_cycles(const LayerJob&, const std::vector<LayerPart>& parts) const {
    const Layer& layer = parts.front().layer;  // all are of one size
    const Geometry geometry = make_geometry(shape_of(describe_layer(layer, opcode_of(layer))), parameters_);
    const auto multipliers = std::uint64_t(parameters_.multipliers);
    const std::uint64_t slots = (geometry.taps() + multipliers - 1) / multipliers;
    return parts.size() * (geometry.largest_products() / geometry.taps() * slots);
}

bool DcnnLowering::add_operands(const LayerJob& job, ImageBuilder& image, const nz_descriptor* before,
                                nz_descriptor& load, nz_descriptor& run) const {
    const auto plane = std::size_t(job.layer->H) * std::size_t(job.layer->W);
    load.input = image.add("input", encode_activations(parameters_.variant, job.input->data, plane));
    run.weights = before != nullptr ? before->weights : image.add("weights", pack_weights(run, *job.weights));
    return true;
}

std::uint64_t DcnnLowering::stored_limit(const Layer&, const std::vector<std::size_t>& shape) const {
    return activation_bytes_limit(parameters_.variant, shape[0], shape[1] * shape[2]);
}

std::vector<std::uint8_t> DcnnLowering::encode_part(const LayerJob&, const Operands& output) const {
    return encode_activations(parameters_.variant, output.data, output.shape[1] * output.shape[2]);
}

std::optional<Operands> DcnnLowering::decode_part(const LayerJob& job, std::span<const std::uint8_t>& bytes) const {
    Operands output(stored_shape(job));
    if (!take_activations(parameters_.variant, bytes, output.shape[1] * output.shape[2], output.data)) {
        return std::nullopt;
    }
    return output;
}

}  // namespace nonzero::dcnn
