#pragma once
// The two operands of a core's task, arranged as its planes meet them: what stays (nine mask bits for each plane) and
// what moves past it (for each tap a mask of a bit for each window), each with its non-zeros packed in that order; and
// what the core makes of them. Weights stay and activations move, in a fully connected layer the other way round
// (phantom_facts.md 9 rule 3). Plain C++.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/masked/masked_tensor.h"
#include "models/phantom/core_task.h"
#include "models/phantom/row_products.h"

namespace nonzero::phantom {

using masked::MaskedTensor;

// What is found from an operand once and kept with it. A copy of the operand finds its own.
template <class Kept>
class FoundOnce {
  public:
    FoundOnce() = default;
    FoundOnce(const FoundOnce& /*other*/) {}
    FoundOnce& operator=(const FoundOnce& /*other*/) {
        kept_.reset();
        return *this;
    }
    FoundOnce(FoundOnce&&) noexcept = default;
    FoundOnce& operator=(FoundOnce&&) noexcept = default;
    ~FoundOnce() = default;

    template <class Find>
    const Kept& get(const Find& find) {
        if (!kept_) {
            kept_ = find();
        }
        return *kept_;
    }

  private:
    std::optional<Kept> kept_;
};

// What stays as weights of pairs of rows; pairs without any are left out.
struct PairedWeights {
    std::vector<RowPair> pairs;
    std::int64_t magnitude = 0;  // of all together
};

struct StationaryOperand {
    PlaneBits masks;
    std::vector<std::int16_t> values;  // none of a counted layer
    mutable FoundOnce<std::size_t> set_bits;
    mutable FoundOnce<PlannedColumns> columns;  // of the first task that it meets
    mutable FoundOnce<PairedWeights> paired;

    std::size_t count() const;  // bits of its masks
};

struct MovingOperand;

// The rows of a moving operand with their zeros, which several filters meet, from masks and packed values.
class ExpandedRows {
  public:
    explicit ExpandedRows(const MovingOperand& operand);

    // Values of a row, whole blocks of them (row_products.h, which has the layout too); none of a counted layer.
    std::size_t stride() const { return stride_; }
    const std::int16_t* values() const { return values_.data(); }
    const std::uint32_t* non_zeros() const { return non_zeros_.data(); }
    // No value is further from zero.
    std::int64_t largest() const { return largest_; }

  private:
    std::size_t stride_ = 0;
    AlignedVector<std::int16_t> values_;
    std::vector<std::uint32_t> non_zeros_;  // of each row
    std::int64_t largest_ = 0;
};

struct MovingOperand {
    BitRows masks;                     // row 9 * plane + tap
    std::vector<std::size_t> first;    // place of each row's first value
    std::vector<std::int16_t> values;  // none of a counted layer
    mutable FoundOnce<std::size_t> set_bits;
    mutable FoundOnce<ExpandedRows> expanded;

    std::size_t count() const;  // bits of its masks
};

// A filter's weights, C/groups x KH x KW, in its planes; of a depthwise layer those of one output row, which every row
// of a strip repeats.
StationaryOperand arrange_filter(const Geometry& geometry, const MaskedTensor& filter);
// The inputs that a part's windows read, of the channels from `channel` on. input: C x H x W.
MovingOperand arrange_inputs(const Geometry& geometry, const MaskedTensor& input, std::size_t channel,
                             const Range& part);
// Whether several lanes of filters meet the inputs of every part, which are few enough to be kept until then.
inline constexpr std::size_t kKeptValues = std::size_t{1} << 25;  // with zeros; 64 MiB
bool keeps_inputs(const Geometry& geometry);
// Elements of the input that cross the wires for it, each once: bits of mask, and the non-zeros among them.
struct InputElements {
    std::uint64_t all = 0;
    std::uint64_t non_zeros = 0;
};
InputElements inputs_read(const Geometry& geometry, const MaskedTensor& input, std::size_t channel, const Range& part);

// Of a fully connected layer.
StationaryOperand arrange_input_vector(const Geometry& geometry, const MaskedTensor& input);
MovingOperand arrange_neurons(const Geometry& geometry, std::span<const MaskedTensor* const> neurons);

// Every tap inside the kernel and the channels, as dense mode has it.
PlaneBits dense_planes(const Geometry& geometry, std::size_t planes);
BitRows dense_windows(const Geometry& geometry, std::size_t planes, std::size_t windows);

// Sums of the windows of `planes` planes; those of a depthwise layer row after row. Returns the products of two
// non-zeros; without values it only counts them.
std::uint64_t multiply(const Geometry& geometry, const StationaryOperand& stationary, const MovingOperand& moving,
                       std::size_t planes, std::size_t windows, std::span<std::int64_t> sums);

}  // namespace nonzero::phantom
