#include "models/eyeriss_v2/pass_plan.h"

#include <algorithm>

namespace nonzero::eyeriss_v2 {

namespace {

// Input positions of a PE's scratch pad in which the columns of all its channels have to lie.
constexpr int kWindow = 12;

// The n-th part of a range.
Range part(const Range& range, std::size_t n, std::size_t size) {
    return {std::min(range.begin + n * size, range.end), std::min(range.begin + (n + 1) * size, range.end)};
}

std::vector<Range> parts(const Range& range, std::size_t size) {
    std::vector<Range> all;
    for (std::size_t n = 0; n * size < range.size(); ++n) {
        all.push_back(part(range, n, size));
    }
    return all;
}

}  // namespace

LayerPlan::LayerPlan(const nz_descriptor& descriptor, const EyerissV2Parameters& with)
    : MaskedLayer(descriptor, with.operand_bits, with.accumulator_bits),
      parameters(with),
      mapping(mapping_of(shape)),
      channels_of_pe(std::size_t(std::max(1, kWindow / shape.KW))) {
    const auto pe_rows = std::size_t(with.pe_rows);
    const std::size_t channels = std::size_t(with.cluster_rows) * channels_of_pe;
    size_.filters.end = std::size_t(with.cluster_columns) * filters_of_cluster();
    size_.channels.end = channels;
    size_.kernel_rows.end = 1;
    size_.output_rows.end = std::size_t(with.pe_columns);
    switch (mapping) {
        case Mapping::convolution:
            size_.kernel_rows.end = pe_rows;
            break;
        case Mapping::pointwise:
            size_.channels.end *= pe_rows;
            break;
        case Mapping::fully_connected:
            size_.channels.end *= pe_rows;
            size_.output_rows.end = 1;
            break;
        case Mapping::depthwise:
            size_.filters.end = std::size_t(with.clusters());
            size_.channels.end = 1;
            size_.kernel_rows.end = pe_rows;
            break;
    }
}

std::size_t LayerPlan::filters_of_cluster() const {
    const auto of_pe = std::size_t(parameters.filters);
    switch (mapping) {
        case Mapping::depthwise:
            return 1;
        case Mapping::fully_connected:
            return of_pe * std::size_t(parameters.pe_columns);
        default:
            return of_pe;
    }
}

std::vector<Pass> LayerPlan::weight_blocks() const {
    std::vector<Pass> blocks;
    for (std::size_t set = 0; set < filter_sets.sets(); ++set) {
        for (const Range& filters : parts(filter_sets.filters_of(set), size_.filters.size())) {
            for (const Range& channels : parts({0, channels_of_group()}, size_.channels.size())) {
                for (const Range& rows : parts({0, std::size_t(shape.KH)}, size_.kernel_rows.size())) {
                    blocks.push_back({filters, channels, rows, {}});
                }
            }
        }
    }
    return blocks;
}

std::vector<Range> LayerPlan::output_rows() const {
    return parts({0, std::size_t(shape.P)}, size_.output_rows.size());
}

std::optional<PeShare> LayerPlan::share_of(const Pass& pass, const PePlace& pe) const {
    const auto of_pe = std::size_t(parameters.filters);
    PeShare share;
    share.filters = part(pass.filters, pe.cluster_column, of_pe);
    share.channels = part(pass.channels, pe.cluster_row, channels_of_pe);
    Range kernel_row = part(pass.kernel_rows, 0, 1);
    Range output_row = part(pass.output_rows, pe.column, 1);
    switch (mapping) {
        case Mapping::convolution:
            kernel_row = part(pass.kernel_rows, pe.row, 1);
            break;
        case Mapping::pointwise:
            share.channels =
                part(pass.channels, pe.cluster_row * std::size_t(parameters.pe_rows) + pe.row, channels_of_pe);
            break;
        case Mapping::fully_connected:
            share.channels =
                part(pass.channels, pe.cluster_row * std::size_t(parameters.pe_rows) + pe.row, channels_of_pe);
            share.filters =
                part(pass.filters, pe.cluster_column * std::size_t(parameters.pe_columns) + pe.column, of_pe);
            output_row = pass.output_rows;
            break;
        case Mapping::depthwise:
            share.filters =
                part(pass.filters, pe.cluster_row * std::size_t(parameters.cluster_columns) + pe.cluster_column, 1);
            share.channels = pass.channels;
            kernel_row = part(pass.kernel_rows, pe.row, 1);
            break;
    }
    if (share.filters.size() == 0 || share.channels.size() == 0 || kernel_row.size() == 0 || output_row.size() == 0) {
        return std::nullopt;
    }
    share.kernel_row = kernel_row.begin;
    share.output_row = output_row.begin;
    return share;
}

std::optional<std::size_t> LayerPlan::input_row(const PeShare& share) const {
    const std::int64_t row = std::int64_t(share.output_row) * shape.stride_y +
                             std::int64_t(share.kernel_row) * shape.dilation_y - shape.pad_top;
    return row >= 0 && row < shape.H ? std::optional(std::size_t(row)) : std::nullopt;
}

}  // namespace nonzero::eyeriss_v2
