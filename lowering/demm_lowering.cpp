#include "lowering/demm_lowering.h"

#include <fmt/format.h>

#include <span>

#include "models/demm/geometry.h"
#include "models/demm/slot_rule.h"
#include "workloads/error.h"
#include "workloads/formats/nm_packed.h"
#include "workloads/operand_scan.h"
#include "workloads/quoted_name.h"

namespace nonzero::demm {

std::optional<NmPattern> DemmLowering::pattern_of(const std::optional<NmPattern>& pattern) const {
    if (!pattern || parameters_.rho == SlotsPerRow::per_row) {
        return std::nullopt;
    }
    if (!slots_of_pattern(*pattern, parameters_.n, parameters_.m)) {
        throw InputError(fmt::format(
            "pattern {}: its windows do not fit tiles of {} columns; set engine.m to a multiple or a divisor "
            "of {}, or engine.rho=per_row",
            to_string(*pattern), parameters_.m, pattern->m));
    }
    return pattern;
}

void DemmLowering::append_counts(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    const GemmShape& shape = weights.shape;
    std::vector<std::uint16_t> counts;
    const auto slots =
        weights.pattern ? slots_of_pattern(*weights.pattern, parameters_.n, parameters_.m) : std::optional<int>{};
    for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
        for (int tile = 0; tile < tiles_of(shape.K, parameters_.m); ++tile) {
            const Range columns = tile_range(shape.K, parameters_.m, tile);
            for (int row = 0; row < shape.Mo; ++row) {
                const std::size_t first =
                    (std::size_t(convolution_group) * std::size_t(shape.Mo) + std::size_t(row)) * std::size_t(shape.K) +
                    std::size_t(columns.begin);
                const std::uint64_t count =
                    count_non_zeros(std::span(weights.matrix->data).subspan(first, std::size_t(columns.size())));
                if (slots && nm_slots(count, parameters_.n) > std::size_t(*slots)) {
                    throw InputError(fmt::format(
                        "layer {}: row {} of group {} has {} weights in columns {} to {}, more than the {} slots of {} "
                        "that pattern {} takes; prune the layer to it or set engine.rho=per_row",
                        quoted_name(weights.layer->name), row, convolution_group, count, columns.begin, columns.end - 1,
                        *slots, parameters_.n, to_string(*weights.pattern)));
                }
                counts.push_back(std::uint16_t(count));
            }
        }
    }
    append(bytes, counts);
}

void DemmLowering::append_weights(const Weights& weights, std::vector<std::uint8_t>& bytes) const {
    const GemmShape& shape = weights.shape;
    const NmTileFormat format{parameters_.n, parameters_.m};
    const auto slots =
        weights.pattern ? slots_of_pattern(*weights.pattern, parameters_.n, parameters_.m).value_or(0) : 0;
    for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
        for (int tile = 0; tile < tiles_of(shape.K, parameters_.m); ++tile) {
            const Range columns = tile_range(shape.K, parameters_.m, tile);
            const std::int16_t* const first =
                weights.matrix->data.data() +
                std::size_t(convolution_group) * std::size_t(shape.Mo) * std::size_t(shape.K) + columns.begin;
            const MatrixTile dense{first, std::size_t(shape.Mo), std::size_t(columns.size()), std::size_t(shape.K)};
            // The rows fit: append_counts() has looked at them.
            append_nm_tile(encode_nm_tile(dense, format, std::size_t(slots)).value(), format, bytes);
        }
    }
}

}  // namespace nonzero::demm
