#include "models/scnn/convolution_datapath.h"

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
            ActivationBlock decoded;
            decoded.begin = std::uint32_t(activations_.entries());
            decoded.first_non_zero = std::uint32_t(activations_.value.size());
            decoded.entries = std::uint32_t(values.size());
            decoded.vectors = (decoded.entries + vector_length_ - 1) / vector_length_;
            decoded.unused_lanes = decoded.vectors * vector_length_ - decoded.entries;
            for (std::size_t n = 0; n < values.size(); ++n) {
                const std::int16_t value = values[n];
                if (!plan.holds(value)) {
                    return false;
                }
                const int y = ys.at(int(positions[n]) / xs.count);
                const int x = xs.at(int(positions[n]) % xs.count);
                const bool placeholder = value == 0 && compressed;
                const std::uint32_t place = placeholder ? CoordinateComputation::kVoid : plan.coordinates.of(y, x);
                decoded.operands += placeholder ? 0 : 1;
                decoded.interior = decoded.interior && (placeholder || plan.coordinates.interior(phase, place));
                activations_.place_class.push_back(place);
                if (value != 0) {
                    ++decoded.non_zeros;
                    activations_.value.push_back(value);
                    activations_.cell.push_back(geometry.cell(0, (y + shape.pad_top) / shape.stride_y,
                                                              (x + shape.pad_left) / shape.stride_x, rows.reach_begin,
                                                              columns.reach_begin));
                    if (!compressed) {
                        activations_.non_zero_places.push_back(place);
                    }
                }
            }
            activations_.blocks.push_back(decoded);
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
            for (std::size_t n = 0; n < message.blocks.size(); ++n) {
                const WeightBlock& weight = message.blocks[n];
                stage.run(activations_, weight.block, routings[n], weight.vectors, message.arrival);
            }
        },
        issue);
    if (plan.count_only) {
        return;
    }
    for (const WeightBlock& weight : message.blocks) {
        const ActivationBlock& block = activations_.blocks[weight.block];
        if (block.non_zeros > 0) {
            accumulators.accumulate(buffer, {activations_.value.data() + block.first_non_zero, block.non_zeros},
                                    {activations_.cell.data() + block.first_non_zero, block.non_zeros},
                                    weight.operands);
        }
    }
}

}  // namespace nonzero::scnn
