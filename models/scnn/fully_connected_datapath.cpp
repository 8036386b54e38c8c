#include "models/scnn/fully_connected_datapath.h"

#include <variant>

#include "models/scnn/operand_blocks.h"

namespace nonzero::scnn {

namespace {

// Bank of each neuron of a PE's share of a group; every output is at xo = yo = 0 (scnn_facts.md 10.10).
std::vector<std::int16_t> banks_of_neurons(const BankCodes& codes, const pe_array::ChannelGroup& own) {
    const std::uint16_t place = codes.place_code(codes.row_code(0, 0), codes.column_code(0, 0));
    std::vector<std::int16_t> banks;
    banks.reserve(std::size_t(own.k_count));
    for (int k = 0; k < own.k_count; ++k) {
        banks.push_back(std::int16_t(codes.bank(codes.index(place, codes.k_code(own.k_begin + k, k)))));
    }
    return banks;
}

}  // namespace

// The inputs come in as many parts as there are PEs, which is how the layer before leaves its outputs.
bool FullyConnectedDatapath::decode(const LayerPlan& plan, std::span<const std::uint8_t> image) {
    const Geometry& geometry = plan.geometry;
    OperandSeries series;
    inputs_.clear();
    for (int part = 0; part < geometry.pes(); ++part) {
        if (!take_series(image, line_part_shape(geometry.shape.C, geometry.pes(), part), plan.line_format, series)) {
            return false;
        }
        const int first = balanced_part(geometry.shape.C, geometry.pes(), part).begin;
        for (std::size_t n = 0; n < series.entries(); ++n) {
            if (!plan.holds(series.values[n])) {
                return false;
            }
            inputs_.push_back({std::uint32_t(first) + series.positions[n], series.values[n]});
        }
    }
    return image.empty();
}

bool FullyConnectedDatapath::work(const LayerPlan& plan, const pe_array::ChannelGroup& own,
                                  std::span<const std::uint8_t> bytes, AnyIssueStage& issue,
                                  AccumulatorBanks& accumulators, int buffer) {
    if (!weights_.decode(bytes, neuron_shape(plan.geometry, own), plan.weight_format, plan.operand_limit)) {
        return false;
    }
    const bool compressed = has_placeholders(plan.weight_format.blocks);
    const std::vector<std::int16_t> bank_of = banks_of_neurons(plan.codes, own);
    std::vector<std::int16_t> banks;
    std::visit(
        [&](auto& stage) {
            for (const Input& input : inputs_) {
                const auto values = weights_.values(input.number);
                const auto neurons = weights_.neurons(input.number);
                banks.resize(values.size());
                std::uint64_t non_zeros = 0;
                for (std::size_t n = 0; n < values.size(); ++n) {
                    banks[n] = values[n] == 0 && compressed ? stage.kNoBank : bank_of[neurons[n]];
                    non_zeros += values[n] != 0 ? 1 : 0;
                }
                stage.run_single(banks, input.value != 0 ? non_zeros : 0);
                if (!plan.count_only) {
                    for (std::size_t n = 0; n < values.size(); ++n) {
                        accumulators.add(buffer, neurons[n], std::int64_t(input.value) * values[n]);
                    }
                }
            }
        },
        issue);
    return true;
}

}  // namespace nonzero::scnn
