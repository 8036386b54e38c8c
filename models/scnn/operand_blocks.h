#pragma once
// Compressed operands, decoded: what the coordinate computation of a PE works on (scnn_facts.md 1.2, 10.9 rules 3-5).

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/scnn/geometry.h"
#include "workloads/formats/operand_series.h"

namespace nonzero::scnn {

// Positions of one dimension that belong to a stride phase: first, first + stride, … below n. pad shifts the phase of
// activations (scnn_facts.md 10.9 rule 3); kernels use pad 0.
struct PhasePositions {
    int first = 0;
    int count = 0;
    int stride = 1;
    int at(int index) const { return first + index * stride; }
};
PhasePositions phase_positions(Range range, int pad, int stride, int phase);

// Block index of (channel, phase), the order in which the PE works and memory stores them.
inline std::size_t block_number(const Geometry& geometry, int channel, int phase) {
    return std::size_t(channel) * std::size_t(geometry.phases()) + std::size_t(phase);
}

// The blocks of a PE's IARAM image, and of an output-channel group's weights, by block_number.
SeriesShape activation_shape(const Geometry& geometry, int pe);
SeriesShape weight_shape(const Geometry& geometry, const pe_array::ChannelGroup& group);

// A line of neurons, the input or output of a fully connected layer, is stored in as many parts as there are PEs, each
// part [floor(i*n/pes), floor((i+1)*n/pes)) a series of one block of ScnnParameters::line_format().
SeriesShape line_part_shape(int length, int parts, int part);
// The weights of the neurons of a PE's share of a group: a block per input.
SeriesShape neuron_shape(const Geometry& geometry, const pe_array::ChannelGroup& own);

class CoordinateComputation;

// One activation block of a PE.
struct ActivationBlock {
    std::uint32_t begin = 0;     // first entry
    std::uint32_t entries = 0;   // stored, placeholders included
    std::uint32_t operands = 0;  // without placeholders; the same as non_zeros where activations are compressed
    std::uint32_t non_zeros = 0;
    std::uint32_t vectors = 0;         // of I entries
    std::uint32_t first_non_zero = 0;  // among those of all blocks
    std::int32_t largest = 0;          // size of the largest non-zero
    // Operands some of whose products may fall outside the plane, and vectors without an operand all of whose products
    // land inside; the first of each among those of all blocks.
    std::uint32_t border_operands = 0;
    std::uint32_t border_vectors = 0;
    std::uint32_t first_border_operand = 0;
    std::uint32_t first_border_vector = 0;
};

// Stored entries of one PE, all blocks after one another.
struct ActivationBlocks {
    std::vector<std::uint32_t> place_class;     // of the coordinate computation; void of a placeholder
    std::vector<ActivationBlock> blocks;        // by block_number
    std::vector<std::uint32_t> border_places;   // place classes of border operands
    std::vector<std::uint32_t> border_vectors;  // the vectors' first entries
    // The non-zeros among them.
    std::vector<std::int16_t> value;
    std::vector<std::int32_t> cell;              // accumulator cell of tap 0, channel offset 0
    std::vector<std::uint32_t> non_zero_places;  // place classes; only where activations are dense
    std::size_t entries() const { return place_class.size(); }

    // A block of these entries in vectors of `length`, its non-zeros left out.
    ActivationBlock& add_block(std::span<const std::uint32_t> places, const CoordinateComputation& coordinates,
                               int phase, std::uint32_t length);
};

// Stored entries of one (group, channel, phase) block.
struct WeightEntry {
    std::int16_t value;  // 0: placeholder, unless weights are dense
    std::uint16_t k_offset;
    std::uint16_t tap;  // kq * columns of the phase's kernel + kxq
    std::int32_t cell;  // to be added to the activation's cell
};

// The taps of one phase: rows kq, columns kxq of the sub-kernel.
struct PhaseKernel {
    int rows = 0;
    int columns = 0;
    int taps() const { return rows * columns; }
};
PhaseKernel phase_kernel(const Geometry& geometry, int phase);

// The entries of one block of a group's weights.
void decode_weight_block(const Geometry& geometry, const pe_array::ChannelGroup& group, const PhaseKernel& kernel,
                         std::span<const std::int16_t> values, std::span<const std::uint32_t> positions,
                         std::vector<WeightEntry>& entries);

}  // namespace nonzero::scnn
