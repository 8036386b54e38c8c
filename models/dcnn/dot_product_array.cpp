#include "models/dcnn/dot_product_array.h"

#include <algorithm>

#include "models/dcnn/dot_products.h"
#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

// Products of two non-zeros: per tap, every such activation meets every such weight.
NONZERO_VECTOR_CLONES
std::uint64_t pairs(const std::uint32_t* activations, const std::uint32_t* weights, std::size_t taps) {
    std::uint64_t sum = 0;
    for (std::size_t tap = 0; tap < taps; ++tap) {
        sum += std::uint64_t{activations[tap]} * weights[tap];
    }
    return sum;
}

}  // namespace

void DotProductArray::begin_layer(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs) {
    tile_.assign(geometry, pe, inputs);
    patches_.assign(std::min(kPatchBlock, outputs()) * padded_length(tile_.taps()), 0);
}

void DotProductArray::end_layer() {
    tile_ = {};
    patches_ = AlignedVector<std::int16_t>();
}

SlotCounts DotProductArray::run(int convolution_group, const WeightRows& rows, std::span<std::int64_t> sums) {
    return run_group(convolution_group, rows, sums);
}

SlotCounts DotProductArray::run(int convolution_group, const WeightRows& rows, std::span<std::int32_t> sums) {
    return run_group(convolution_group, rows, sums);
}

template <class Sum>
SlotCounts DotProductArray::run_group(int convolution_group, const WeightRows& rows, std::span<Sum> sums) {
    const std::uint64_t taps = tile_.taps();
    const std::uint64_t vectors = (taps + multipliers_ - 1) / multipliers_ * outputs();
    SlotCounts counts;
    counts.slots = vectors * rows.rows();
    counts.activation_vectors = vectors;
    counts.products = taps * outputs() * rows.rows();
    counts.partial_lanes = counts.slots * multipliers_ - counts.products;
    counts.padding = tile_.padding_taps() * rows.rows();
    counts.useful = pairs(tile_.non_zeros(convolution_group).data(), rows.non_zeros().data(), taps);
    counts.zero_operand = counts.products - counts.padding - counts.useful;
    if (sums.empty()) {
        return counts;
    }
    for (std::size_t output = 0; output < outputs(); output += kPatchBlock) {
        const std::size_t patches = std::min(kPatchBlock, outputs() - output);
        for (std::size_t n = 0; n < patches; ++n) {
            tile_.patch(convolution_group, output + n, patches_.data() + n * rows.length());
        }
        dot_products(patches_.data(), patches, rows, sums.data() + output, outputs());
    }
    return counts;
}

}  // namespace nonzero::dcnn
