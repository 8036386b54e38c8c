#include "lowering/pe_array_lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/pe_array/convolution_shape.h"
#include "models/pe_array/descriptor_limits.h"
#include "workloads/error.h"
#include "workloads/field_name.h"

namespace nonzero::pe_array {

namespace {

using Over = ProductLayout::Over;

bool has_layout(const Layer& layer) {
    return layer.is_product() && !is_single(layer);
}

// The layers that a layout makes of a product.
std::vector<LayerPart> parts_of_product(const Layer& layer, const ProductLayout& layout) {
    Layer part = layer;
    part.batch = 1;
    part.H = layout.rows;
    part.W = layout.columns;
    std::vector<LayerPart> parts;
    if (layout.over == Over::positions) {
        part.kind = LayerKind::convolution;
        for (int run = 0; run < layout.runs; ++run) {
            parts.push_back({part, run});
        }
        return parts;
    }
    part.kind = LayerKind::fully_connected;
    part.C = layer.C / layer.groups;
    part.K = layer.K / layer.groups;
    part.groups = 1;
    part.activation_by_activation = false;
    for (int group = 0; group < layer.groups; ++group) {
        for (int row = 0; row < int(layer.positions()); ++row) {
            parts.push_back({part, row, group});
        }
    }
    return parts;
}

int ceil_div(int a, int b) {
    return (a + b - 1) / b;
}

}  // namespace

void PeArrayLowering::check(const Layer& layer) const {
    if (!layer.has_weights()) {
        throw InputError(
            fmt::format("layer '{}': {} runs convolutions and matrix products, not {} layers; choose others with {}",
                        layer.name, platform_, to_string(layer.kind), field_name("layers")));
    }
    if (layer.dilation_y != 1 || layer.dilation_x != 1) {
        throw InputError(fmt::format("layer '{}': {} has no dilated convolution (dilation {}x{})", layer.name,
                                     platform_, layer.dilation_y, layer.dilation_x));
    }
    check_padding(layer);
    if (has_layout(layer)) {
        layouts_of(layer);
    } else {
        check_part(images_of(layer).front().layer);
    }
}

void PeArrayLowering::check_part(const Layer& layer) const {
    if (check_descriptor(describe_layer(layer, opcode_of(layer))) != NZ_ERROR_NONE) {
        throw InputError(fmt::format("layer '{}': beyond what {} runs: {}", layer.name, platform_, kPeArrayLimits));
    }
}

int PeArrayLowering::idle_units(const Layer& layer) const {
    if (!layer.has_weights() || layer.is_product() ||
        is_fully_connected(shape_of(describe_layer(layer, opcode_of(layer))))) {
        return 0;
    }
    const auto [rows, columns] = cut_plane(layer);
    return parameters_.pes() - std::min(rows, parameters_.pe_rows) * std::min(columns, parameters_.pe_columns);
}

// As many PEs as there are rows, and no more positions in one of them than need be.
ProductLayout PeArrayLowering::positions_of(const Layer& layer) const {
    const int rows = int(layer.positions());
    const int most = std::max(1, most_positions(layer));
    const int of_run = ceil_div(rows, ceil_div(rows, most));
    ProductLayout layout;
    layout.rows = std::min(of_run, parameters_.pe_rows);
    layout.columns = ceil_div(of_run, layout.rows);
    layout.runs = ceil_div(rows, layout.rows * layout.columns);
    return layout;
}

// Those that the parameters leave open and the machine can run; InputError where there is none.
std::vector<ProductLayout> PeArrayLowering::layouts_of(const Layer& layer) const {
    const ProductLayout neurons{Over::neurons, 1, 1, int(layer.positions()) * layer.groups};
    std::vector<ProductLayout> asked;
    // A single row without groups is a fully connected layer, however it is called.
    const bool single = neurons.runs == 1;
    if (parameters_.product_layout != LayoutChoice::neurons && !single) {
        asked.push_back(positions_of(layer));
    }
    if (parameters_.product_layout != LayoutChoice::positions || single) {
        asked.push_back(neurons);
    }
    std::vector<ProductLayout> possible;
    std::string refusal;
    for (const ProductLayout& layout : asked) {
        try {
            check_part(parts_of_product(layer, layout).front().layer);
            possible.push_back(layout);
        } catch (const InputError& error) {
            refusal = refusal.empty() ? error.what() : refusal;
        }
    }
    if (possible.empty()) {
        throw InputError(refusal);
    }
    return possible;
}

std::optional<ProductLayout> PeArrayLowering::layout(const LayerJob& job) const {
    if (!has_layout(*job.layer)) {
        return std::nullopt;
    }
    const std::vector<ProductLayout> layouts = layouts_of(*job.layer);
    if (layouts.size() == 1) {
        return layouts.front();
    }
    const auto cycles = [&](const ProductLayout& layout) {
        return estimate_cycles(job, parts_of_product(*job.layer, layout));
    };
    return cycles(layouts.front()) <= cycles(layouts.back()) ? layouts.front() : layouts.back();
}

std::vector<LayerPart> PeArrayLowering::parts_of(const LayerJob& job) const {
    const std::optional<ProductLayout> chosen = job.layout ? job.layout : layout(job);
    return chosen ? parts_of_product(*job.layer, *chosen) : images_of(*job.layer);
}

std::vector<nz_descriptor> PeArrayLowering::lower_part(const LayerJob& job, ImageBuilder& image,
                                                       const nz_descriptor* before) const {
    const Layer& layer = *job.layer;
    nz_descriptor load = describe_layer(layer, NZ_OP_LOAD);
    nz_descriptor run = describe_layer(layer, opcode_of(layer));
    const bool resident = add_operands(job, image, before, load, run);
    describe_output(job, image, before, run);
    describe_pooling(job, run);
    std::uint64_t capacity = 1;
    if (!job.count_only) {
        const std::vector<std::size_t> shape = stored_shape(job);
        capacity = std::max<std::uint64_t>(capacity, job.post_processing
                                                         ? stored_limit(layer, shape)
                                                         : shape[0] * shape[1] * shape[2] * sizeof(std::int64_t));
    }
    run.output = image.reserve(capacity);
    if (!resident) {
        return {run};
    }
    run.flags |= NZ_FLAG_INPUT_RESIDENT;
    return {load, run};
}

}  // namespace nonzero::pe_array
