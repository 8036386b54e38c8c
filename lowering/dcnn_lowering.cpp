#include "lowering/dcnn_lowering.h"

#include <cstring>
#include <span>
#include <utility>

#include "models/dcnn/descriptor_limits.h"
#include "models/dcnn/geometry.h"

namespace nonzero::dcnn {

DcnnLowering::DcnnLowering(const DcnnParameters& parameters)
    : pe_array::PeArrayLowering(parameters.variant == Variant::plain ? "dcnn" : "dcnn_opt", parameters),
      parameters_(parameters) {}

nz_error DcnnLowering::check_descriptor(const nz_descriptor& descriptor) const {
    return check_for_dcnn(descriptor, parameters_);
}

namespace {

// Whether operands lie in a series as they do in a tensor.
bool is_plain(const OperandFormat& format) {
    return format.blocks == BlockFormat::dense && format.bits == 8 * int(sizeof(std::int16_t));
}

SharedBytes shared(const LayerJob& job, std::span<const std::int16_t> operands) {
    return {job.tensors_owner, reinterpret_cast<const std::uint8_t*>(operands.data()), operands.size_bytes()};
}

}  // namespace

nz_region DcnnLowering::add_weights(const LayerJob& job, const nz_descriptor& run, ImageBuilder& image) const {
    const Operands& weights = *job.weights;
    const bool shares = job.tensors_owner != nullptr && is_plain(parameters_.weight_format());
    const Geometry geometry = make_geometry(shape_of(run), parameters_);
    const auto taps = std::size_t(geometry.taps());
    // Of a convolution the same for all PEs.
    const int parts = geometry.fully_connected ? geometry.pes() : 1;
    std::vector<std::uint8_t> bytes;
    if (!shares) {
        bytes.reserve(series_limit({{weights.size()}}, parameters_.weight_format()));
    }
    std::vector<SharedBytes> pieces;
    for (std::size_t group = 0; group < geometry.channel_groups.size(); ++group) {
        for (int pe = 0; pe < parts; ++pe) {
            const pe_array::ChannelGroup own = geometry.group_of(int(group), pe);
            const auto rows = std::size_t(own.k_count);
            const auto values = std::span(weights.data).subspan(std::size_t(own.k_begin) * taps, rows * taps);
            if (!shares) {
                append_series(values, weight_shape(geometry, rows), parameters_.weight_format(), bytes);
            } else if (!values.empty()) {
                pieces.push_back(shared(job, values));
            }
        }
    }
    return shares ? image.add("weights", std::move(pieces)) : image.add("weights", std::move(bytes));
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
    if (job.tensors_owner != nullptr && is_plain(parameters_.activation_format())) {
        load.input = image.add("input", std::vector{shared(job, job.input->data)});
    } else {
        load.input = image.add("input", pack(*job.input));
    }
    run.weights = before != nullptr ? before->weights : add_weights(job, run, image);
    return true;
}

std::uint64_t DcnnLowering::stored_limit(const Layer&, const std::vector<std::size_t>& shape) const {
    return series_limit({{shape[1] * shape[2]}, shape[0]}, parameters_.activation_format());
}

std::vector<std::uint8_t> DcnnLowering::encode_part(const LayerJob&, const Operands& output) const {
    return pack(output);
}

std::optional<Operands> DcnnLowering::decode_part(const LayerJob& job, const std::vector<std::uint8_t>& bytes,
                                                  std::size_t& at) const {
    Operands output(stored_shape(job));
    const SeriesShape shape{{output.shape[1] * output.shape[2]}, output.shape[0]};
    std::span<const std::uint8_t> rest = std::span(bytes).subspan(at);
    if (is_plain(parameters_.activation_format())) {
        const std::size_t size = output.size() * sizeof(std::int16_t);
        if (rest.size() < size) {
            return std::nullopt;
        }
        std::memcpy(output.data.data(), rest.data(), size);
        at += size;
        return output;
    }
    OperandSeries series;
    if (!take_series(rest, shape, parameters_.activation_format(), series)) {
        return std::nullopt;
    }
    at = bytes.size() - rest.size();
    output.data = expand(series, shape);
    return output;
}

std::vector<std::uint8_t> DcnnLowering::pack(const Operands& planes) const {
    std::vector<std::uint8_t> bytes;
    append_series(planes.data, {{planes.shape[1] * planes.shape[2]}, planes.shape[0]}, parameters_.activation_format(),
                  bytes);
    return bytes;
}

}  // namespace nonzero::dcnn
