#include "models/scnn/convolution_datapath.h"

#include <algorithm>
#include <cstdlib>
#include <type_traits>
#include <variant>

namespace nonzero::scnn {

bool ConvolutionDatapath::decode(const LayerPlan& plan, int pe, std::span<const std::uint8_t> image) {
    const Geometry& geometry = plan.geometry;
    const ConvolutionShape& shape = geometry.shape;
    const Span1D& rows = geometry.row_of(pe);
    const Span1D& columns = geometry.column_of(pe);
    const bool compressed = has_placeholders(plan.activation_format.blocks);
    OperandSeries series;
    std::vector<std::uint32_t> places;
    activations_ = {};
    if (!read_series(image, activation_shape(geometry, pe), plan.activation_format, series)) {
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
            std::uint32_t non_zeros = 0;
            std::int32_t largest = 0;
            places.clear();
            for (std::size_t n = 0; n < values.size(); ++n) {
                const std::int16_t value = values[n];
                if (!plan.holds(value)) {
                    return false;
                }
                const int y = ys.at(int(positions[n]) / xs.count);
                const int x = xs.at(int(positions[n]) % xs.count);
                places.push_back(value == 0 && compressed ? CoordinateComputation::kVoid : plan.coordinates.of(y, x));
                if (value != 0) {
                    ++non_zeros;
                    largest = std::max(largest, std::abs(int(value)));
                    activations_.value.push_back(value);
                    activations_.cell.push_back(geometry.cell(0, (y + shape.pad_top) / shape.stride_y,
                                                              (x + shape.pad_left) / shape.stride_x, rows.reach_begin,
                                                              columns.reach_begin));
                    if (!compressed) {
                        activations_.non_zero_places.push_back(places.back());
                    }
                }
            }
            ActivationBlock& block = activations_.add_block(places, plan.coordinates, phase, vector_length_);
            block.non_zeros = non_zeros;
            block.largest = largest;
            block.first_non_zero = std::uint32_t(activations_.value.size()) - non_zeros;
        }
    }
    return true;
}

void ConvolutionDatapath::work(const LayerPlan& plan, const WeightBlocks& message, AnyIssueStage& issue,
                               AccumulatorBanks& accumulators, int buffer) const {
    std::visit(
        [&](auto& stage) {
            using Routing = CrossbarRouting<typename std::decay_t<decltype(stage)>::CountType>;
            const auto routings = std::get<std::span<const Routing>>(message.routings);
            stage.run(activations_, message.blocks, routings, message.arrival);
        },
        issue);
    if (plan.count_only) {
        return;
    }
    for (const WeightBlock& weight : message.blocks) {
        const ActivationBlock& block = activations_.blocks[weight.block];
        if (block.non_zeros > 0) {
            accumulators.accumulate(buffer,
                                    {{activations_.value.data() + block.first_non_zero, block.non_zeros},
                                     {activations_.cell.data() + block.first_non_zero, block.non_zeros},
                                     block.largest},
                                    weight.operands);
        }
    }
}

}  // namespace nonzero::scnn
