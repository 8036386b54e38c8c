#include "lowering/systolic_lowering.h"

#include <fmt/format.h>

#include "models/systolic/packed_weights.h"
#include "models/systolic/slot_products.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero::systolic {

namespace {

LayerSize size_of(const GemmShape& shape) {
    return {std::size_t(shape.groups), std::size_t(shape.Mo), std::size_t(shape.K)};
}

std::optional<int> uniform_n(const std::optional<NmPattern>& pattern) {
    return pattern ? std::optional(pattern->n) : std::nullopt;
}

}  // namespace

SystolicLowering::SystolicLowering(const ArrayParameters& parameters)
    : gemm::GemmLowering(name_of(parameters.kind), parameters.widths()), parameters_(parameters) {
    make_geometry(parameters, 1);  // refuses sizes that do not fit
}

void SystolicLowering::check(const Layer& layer) const {
    gemm::GemmLowering::check(layer);
    const GemmShape shape = gemm_shape(layer);
    if (shape.K >= kMostColumns) {
        throw InputError(fmt::format("layer {}: a filter of {} weights, {} adds up fewer than {}; split the layer",
                                     quoted_name(layer.name), shape.K, platform(), kMostColumns));
    }
}

std::optional<NmPattern> SystolicLowering::pattern_of(const std::optional<NmPattern>& pattern) const {
    return pattern && is_own_pattern(make_geometry(parameters_, 1), *pattern) ? pattern : std::nullopt;
}

void SystolicLowering::append_counts(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    if (weights.pattern) {
        if (const auto violation = find_violation(*weights.matrix, *weights.pattern)) {
            const auto rows = std::size_t(weights.shape.Mo);
            throw InputError(fmt::format(
                "layer {}: row {} of group {} has {} weights in columns {} to {}, pattern {} allows {}; prune the "
                "layer to it or give no pattern",
                quoted_name(weights.layer->name), violation->row % rows, violation->row / rows, violation->non_zeros,
                violation->first_column, violation->first_column + std::size_t(weights.pattern->m) - 1,
                to_string(*weights.pattern), weights.pattern->n));
        }
    }
    systolic::append_counts(make_geometry(parameters_, weights.shape.Mo), size_of(weights.shape), weights.matrix->data,
                            uniform_n(weights.pattern), bytes);
}

void SystolicLowering::append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    append_packed(make_geometry(parameters_, weights.shape.Mo), size_of(weights.shape), weights.matrix->data,
                  uniform_n(weights.pattern), bytes);
}

WeightPlaces natural_places(const ArrayParameters& parameters, const GemmShape& shape, const NmPattern& pattern) {
    const ArrayGeometry geometry = make_geometry(parameters, shape.Mo);
    if (geometry.rule == PanelRule::shared_columns) {
        return ColumnGroups{pattern, geometry.panel_rows};
    }
    return NmPattern{closest_n(pattern, geometry.block, geometry.allowed), geometry.block};
}

}  // namespace nonzero::systolic
