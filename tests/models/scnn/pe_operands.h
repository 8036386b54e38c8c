#pragma once
// Operands of one PE in the form that its kernels read, made from dense tensors by the rules of scnn_facts.md 10.9.

#include <vector>

#include "models/scnn/layer_plan.h"
#include "models/scnn/messages.h"
#include "models/scnn/operand_blocks.h"
#include "tests/models/scnn/literal_model.h"

namespace nonzero::scnn {

struct StoredBlock : ZeroRunBlock {
    StoredBlock(std::span<const std::int16_t> dense, RunWidth width)
        : ZeroRunBlock(encode_zero_run(dense, width)), elements(dense.size()) {}
    std::size_t elements;

    std::vector<std::uint32_t> positions() const {
        std::vector<std::uint32_t> found;
        std::uint32_t next = 0;
        for (const std::uint16_t run : runs) {
            found.push_back(next + run);
            next = found.back() + 1;
        }
        return found;
    }
};

// The zero-run blocks of a tile, by channel and phase.
inline std::vector<StoredBlock> activation_image(const literal::Problem& problem, int pe) {
    const ConvolutionShape& s = problem.shape;
    const ScnnParameters& p = problem.parameters;
    const Range rows = literal::part(s.H, p.pe_rows, pe / p.pe_columns);
    const Range columns = literal::part(s.W, p.pe_columns, pe % p.pe_columns);
    std::vector<StoredBlock> blocks;
    for (int channel = 0; channel < s.C; ++channel) {
        for (int phase = 0; phase < s.stride_y * s.stride_x; ++phase) {
            std::vector<std::int16_t> dense;
            for (int y = rows.begin; y < rows.end; ++y) {
                for (int x = columns.begin; x < columns.end; ++x) {
                    if ((y + s.pad_top) % s.stride_y * s.stride_x + (x + s.pad_left) % s.stride_x == phase) {
                        dense.push_back(problem.input.at(std::size_t(channel), std::size_t(y), std::size_t(x)));
                    }
                }
            }
            blocks.emplace_back(dense, p.placeholders ? RunWidth::bits4 : RunWidth::bits16);
        }
    }
    return blocks;
}

// The zero-run blocks of an output-channel group, by channel and phase.
inline std::vector<StoredBlock> weight_image(const literal::Problem& problem, const pe_array::ChannelGroup& group) {
    const ConvolutionShape& s = problem.shape;
    std::vector<StoredBlock> blocks;
    for (int channel = 0; channel < s.C / s.groups; ++channel) {
        for (int phase = 0; phase < s.stride_y * s.stride_x; ++phase) {
            std::vector<std::int16_t> dense;
            for (int kh = 0; kh < s.KH; ++kh) {
                for (int kw = 0; kw < s.KW; ++kw) {
                    if (kh % s.stride_y * s.stride_x + kw % s.stride_x != phase) {
                        continue;
                    }
                    for (int k = group.k_begin; k < group.k_begin + group.k_count; ++k) {
                        dense.push_back(
                            problem.weights.at(std::size_t(k), std::size_t(channel), std::size_t(kh), std::size_t(kw)));
                    }
                }
            }
            blocks.emplace_back(dense, problem.parameters.placeholders ? RunWidth::bits4 : RunWidth::bits16);
        }
    }
    return blocks;
}

inline RunWidth run_width(const ScnnParameters& parameters) {
    return parameters.placeholders ? RunWidth::bits4 : RunWidth::bits16;
}

inline std::vector<std::uint8_t> packed(const std::vector<StoredBlock>& blocks, RunWidth width) {
    EncodedBlocks all;
    for (const StoredBlock& block : blocks) {
        if (block.elements > 0) {
            all.counts.push_back(std::uint32_t(block.entries()));
            all.values.insert(all.values.end(), block.values.begin(), block.values.end());
            all.runs.insert(all.runs.end(), block.runs.begin(), block.runs.end());
        }
    }
    std::vector<std::uint8_t> bytes;
    append_encoded(all, {width == RunWidth::bits4 ? BlockFormat::zero_run4 : BlockFormat::zero_run16, 16}, bytes);
    return bytes;
}

// Decoded activations without values and cells: what the issue stage reads.
inline ActivationBlocks activation_blocks(const literal::Problem& problem, const LayerPlan& plan, int pe) {
    const ConvolutionShape& s = problem.shape;
    const auto length = std::uint32_t(problem.parameters.i);
    const Range rows = literal::part(s.H, problem.parameters.pe_rows, pe / problem.parameters.pe_columns);
    const Range columns = literal::part(s.W, problem.parameters.pe_columns, pe % problem.parameters.pe_columns);
    const int phases = s.stride_y * s.stride_x;
    ActivationBlocks activations;
    int number = 0;
    for (const StoredBlock& stored : activation_image(problem, pe)) {
        const int phase = number++ % phases;
        const PhasePositions ys = phase_positions(rows, s.pad_top, s.stride_y, phase / s.stride_x);
        const PhasePositions xs = phase_positions(columns, s.pad_left, s.stride_x, phase % s.stride_x);
        const std::vector<std::uint32_t> positions = stored.positions();
        std::vector<std::uint32_t> places;
        for (std::size_t n = 0; n < stored.entries(); ++n) {
            const auto position = int(positions[n]);
            places.push_back(stored.values[n] == 0
                                 ? CoordinateComputation::kVoid
                                 : plan.coordinates.of(ys.at(position / xs.count), xs.at(position % xs.count)));
        }
        ActivationBlock& block = activations.add_block(places, plan.coordinates, phase, length);
        block.non_zeros = block.operands;
    }
    return activations;
}

// The weight blocks of an output-channel group with their routing.
template <class Count>
struct GroupOperands {
    GroupOperands(const literal::Problem& problem, const LayerPlan& plan, const pe_array::ChannelGroup& group) {
        const BankRows<Count> rows(plan.codes);
        const std::vector<std::uint16_t> k_codes = plan.codes.k_codes(group.k_begin, group.k_count);
        const auto f = std::uint32_t(problem.parameters.f);
        const int phases = plan.geometry.phases();
        int number = group.convolution_group * plan.geometry.channels_per_convolution_group() * phases;
        for (const StoredBlock& stored : weight_image(problem, group)) {
            const int phase = number % phases;
            std::vector<WeightEntry> entries;
            decode_weight_block(plan.geometry, group, phase_kernel(plan.geometry, phase), stored.values,
                                stored.positions(), entries);
            WeightBlock block;
            block.block = std::size_t(number++);
            block.vectors.entries = std::uint32_t(entries.size());
            for (const WeightEntry& entry : entries) {
                block.vectors.non_zeros += entry.value != 0 ? 1 : 0;
            }
            block.vectors.operands = block.vectors.non_zeros;
            block.vectors.vectors = (block.vectors.entries + f - 1) / f;
            block.operands.assign(entries, plan.geometry.channel_stride);
            blocks.push_back(block);
            routings.emplace_back().build(plan.coordinates, plan.codes, rows, f, phase, entries, k_codes);
        }
    }
    std::vector<WeightBlock> blocks;
    std::vector<CrossbarRouting<Count>> routings;
};

}  // namespace nonzero::scnn
