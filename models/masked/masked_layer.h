#pragma once
// What the machines that read sparse masks share of a layer. Plain C++.

#include <cstddef>
#include <cstdint>

#include "models/masked/masked_tensor.h"
#include "models/pe_array/convolution_shape.h"
#include "models/post/post_processing.h"

namespace nonzero::masked {

struct DilatedShape : ConvolutionShape {
    int dilation_y = 1, dilation_x = 1;
};

// The descriptor's dimensions fit an int.
inline DilatedShape dilated_shape_of(const nz_descriptor& descriptor) {
    DilatedShape shape;
    static_cast<ConvolutionShape&>(shape) = shape_of(descriptor);
    shape.dilation_y = descriptor.dilation_y;
    shape.dilation_x = descriptor.dilation_x;
    return shape;
}

// [begin, end)
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t size() const { return end - begin; }
};

// Filters are sorted and worked in sets: convolution groups, or all together (phantom_facts.md 9 rules 2 and 5).
class FilterSets {
  public:
    explicit FilterSets(const ConvolutionShape& shape)
        : filters_(std::size_t(shape.K)),
          weights_(std::size_t(shape.C / shape.groups) * std::size_t(shape.KH) * std::size_t(shape.KW)),
          sets_(mapping_of(shape) == Mapping::depthwise ? 1 : std::size_t(shape.groups)) {}

    std::size_t filters() const { return filters_; }
    std::size_t weights_of_filter() const { return weights_; }
    std::size_t sets() const { return sets_; }
    Range filters_of(std::size_t set) const {
        const std::size_t size = filters_ / sets_;
        return {set * size, (set + 1) * size};
    }
    // Of the weights region (packed_operands.h): in front of the masks, and in front of the values.
    std::size_t order_bytes() const { return filters_ * sizeof(std::uint32_t); }
    std::size_t head_bytes() const { return order_bytes() + filters_ * mask_bytes(weights_); }

  private:
    std::size_t filters_;
    std::size_t weights_;
    std::size_t sets_;
};

struct MaskedLayer {
    MaskedLayer(const nz_descriptor& descriptor, int bits_of_operand, int bits_of_accumulator)
        : shape(dilated_shape_of(descriptor)),
          filter_sets(shape),
          operand_bits(bits_of_operand),
          accumulator_bits(bits_of_accumulator),
          count_only((descriptor.flags & NZ_FLAG_COUNT_ONLY) != 0),
          raw64(descriptor.output_type == NZ_TYPE_RAW64) {}

    DilatedShape shape;
    FilterSets filter_sets;
    int operand_bits;
    int accumulator_bits;
    bool count_only;  // cycles and counters without values
    bool raw64;       // outputs are the accumulators
    PostProcessor post_processor;

    std::size_t inputs() const { return std::size_t(shape.C) * std::size_t(shape.H) * std::size_t(shape.W); }
    std::size_t positions() const { return std::size_t(shape.P) * std::size_t(shape.Q); }
    std::size_t outputs() const { return std::size_t(shape.K) * positions(); }
    // An operand on the wires: its mask and its non-zeros.
    std::uint64_t wire_bits(std::uint64_t elements, std::uint64_t non_zeros) const {
        return elements + non_zeros * std::uint64_t(operand_bits);
    }
};

}  // namespace nonzero::masked
