#include "workloads/convolution.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "workloads/gemm.h"
#include "workloads/operand_scan.h"
#include "workloads/reference.h"
#include "workloads/tensor_shape.h"
#include "workloads/thread_pool.h"
#include "workloads/vector_clones.h"
#include "workloads/zero_tensor.h"

namespace nonzero {

namespace {

constexpr std::int64_t kDigit = 256;

void check_operands(const Layer& layer, const Operands& input, const Operands& weights) {
    check_shape(layer, "weights", weights.shape, layer.weight_shape());
    // A fully connected layer may read a plane that is not flattened: the elements are the same in the same order.
    const bool flattened = layer.kind == LayerKind::fully_connected && layer.H == 1 && layer.W == 1;
    if (!flattened || input.size() != std::size_t(layer.C)) {
        check_shape(layer, "activations", input.shape, layer.input_shape());
    }
}

// Where a filter reads single elements without padding, its plane is one long row.
Layer with_longest_rows(const Layer& asked) {
    Layer layer = product_as_convolution(asked);
    const bool single = layer.KH == 1 && layer.KW == 1 && layer.stride_y == 1 && layer.stride_x == 1;
    if (single && layer.pad == Padding{}) {
        layer.W = static_cast<int>(layer.positions());
        layer.H = 1;
        layer.batch = 1;
    }
    return layer;
}

NONZERO_VECTOR_CLONES void interleave(const std::int16_t* __restrict first, const std::int16_t* __restrict second,
                                      std::size_t count, std::int16_t* __restrict pairs) {
    for (std::size_t n = 0; n < count; ++n) {
        pairs[2 * n] = first[n];
        pairs[2 * n + 1] = second[n];
    }
}

NONZERO_VECTOR_CLONES void add_scaled(const std::int32_t* part, std::size_t count, std::int64_t scale,
                                      std::int64_t* sums) {
    for (std::size_t n = 0; n < count; ++n) {
        sums[n] += part[n] * scale;
    }
}

// Exact where the sum fits.
NONZERO_VECTOR_CLONES std::int32_t narrow_dot(const std::int16_t* a, const std::int16_t* b, std::size_t count) {
    std::int32_t sum = 0;
    for (std::size_t n = 0; n < count; ++n) {
        sum += std::int32_t{a[n]} * b[n];
    }
    return sum;
}

NONZERO_VECTOR_CLONES std::int64_t wide_dot(const std::int16_t* a, const std::int16_t* b, std::size_t count) {
    std::int64_t sum = 0;
    for (std::size_t n = 0; n < count; ++n) {
        sum += std::int32_t{a[n]} * b[n];
    }
    return sum;
}

// As many products at a time as their largest magnitudes prove to fit 32 bits.
std::int64_t dot(std::span<const std::int16_t> weights, const std::int16_t* inputs, std::int64_t largest_input) {
    constexpr std::int64_t kFewest = 64;  // fewer are no faster
    const std::int64_t largest = std::max<std::int64_t>(1, bounds_of(weights).magnitude() * largest_input);
    if (INT32_MAX / largest < kFewest) {
        return wide_dot(weights.data(), inputs, weights.size());
    }
    std::int64_t sum = 0;
    for (std::size_t first = 0; first < weights.size();) {
        const std::size_t count = std::min(weights.size() - first, std::size_t(INT32_MAX / largest));
        sum += narrow_dot(weights.data() + first, inputs + first, count);
        first += count;
    }
    return sum;
}

// The weights that a block multiplies, by output channel.
struct BlockWeights {
    std::array<const std::int16_t*, kBlockRows> rows;
    std::array<std::array<std::int16_t, kBlockTerms>, kBlockRows> copies;
};

// digit 0: value = 256 * high + low with -128 <= low < 128; digit 1: high.
std::int16_t digit_of(std::int16_t value, int digit) {
    const auto low = static_cast<std::int8_t>(value & 0xff);
    return static_cast<std::int16_t>(digit == 0 ? low : (value - low) / kDigit);
}

void copy_digits(const std::int16_t* from, std::size_t terms, int digit, std::int16_t* to) {
    std::transform(from, from + terms, to, [digit](std::int16_t value) { return digit_of(value, digit); });
}

}  // namespace

Convolution::Convolution(const Layer& layer, const Operands& input, const Operands& weights, const BlockKernel& kernel)
    : layer_(with_longest_rows(layer)), weights_(weights), kernel_(kernel) {
    check_operands(layer, input, weights);
    largest_input_ = bounds_of(input.data).magnitude();
    lay_out_planes(input);
    find_taps();
}

void Convolution::lay_out_planes(const Operands& input) {
    const auto stride = std::size_t(layer_.stride_x);
    const auto left = std::size_t(layer_.pad.left);
    rows_ = std::size_t(layer_.pad.top + layer_.H + layer_.pad.bottom);
    columns_ = (left + std::size_t(layer_.W + layer_.pad.right) + stride - 1) / stride;
    plane_ = std::size_t(layer_.batch) * rows_ * stride * columns_;
    // Runs are read in whole lanes.
    planes_.resize(std::size_t(layer_.C) * plane_ + kBlockLanes);
    const std::int16_t* from = input.data.data();
    std::int16_t* image = planes_.data();
    for (int n = 0; n < layer_.C * layer_.batch; ++n, image += rows_ * stride * columns_) {
        std::int16_t* to = image + std::size_t(layer_.pad.top) * stride * columns_;
        for (int y = 0; y < layer_.H; ++y, to += stride * columns_, from += layer_.W) {
            if (stride == 1) {
                std::copy_n(from, layer_.W, to + left);
                continue;
            }
            for (std::size_t x = 0; x < std::size_t(layer_.W); ++x) {
                to[(left + x) % stride * columns_ + (left + x) / stride] = from[x];
            }
        }
    }
}

void Convolution::find_taps() {
    const auto stride = std::size_t(layer_.stride_x);
    for (std::size_t c = 0; c < std::size_t(layer_.C / layer_.groups); ++c) {
        for (int kh = 0; kh < layer_.KH; ++kh) {
            const std::size_t row = c * plane_ + std::size_t(kh * layer_.dilation_y) * stride * columns_;
            for (int kw = 0; kw < layer_.KW; ++kw) {
                const auto column = std::size_t(kw * layer_.dilation_x);
                taps_.push_back(row + column % stride * columns_ + column / stride);
            }
        }
    }
}

Convolution::Block Convolution::block_of(std::size_t first) const {
    const auto P = std::size_t(layer_.P());
    const auto Q = std::size_t(layer_.Q());
    const std::size_t count = std::min<std::size_t>(kBlockPositions, layer_.positions() - first);
    Block block{first, count, (count + kBlockLanes - 1) / kBlockLanes * kBlockLanes, {}};
    for (std::size_t n = first; n < first + count; n += block.runs.back().count) {
        const std::size_t row = n / Q;  // of all images
        const std::size_t input_row = row / P * rows_ + row % P * std::size_t(layer_.stride_y);
        block.runs.push_back(
            {input_row * std::size_t(layer_.stride_x) * columns_ + n % Q, std::min(Q - n % Q, first + count - n)});
    }
    return block;
}

// Copies whole lanes; the next run overwrites what was too much.
void Convolution::fill_line(const Block& block, std::size_t source, std::int16_t* line) const {
    for (const InputRun& run : block.runs) {
        const std::int16_t* const from = planes_.data() + source + run.source;
        for (std::size_t n = 0; n < run.count; n += kBlockLanes) {
            std::memcpy(line + n, from + n, kBlockLanes * sizeof *line);
        }
        line += run.count;
    }
}

void Convolution::fill_panel(const Block& block, int group, std::size_t first_term, std::size_t terms,
                             std::int16_t* panel) const {
    std::int16_t lines[2][kBlockPositions + kBlockLanes] = {};
    const std::size_t channel = std::size_t(group) * std::size_t(layer_.C / layer_.groups) * plane_;
    for (std::size_t term = 0; term < terms; term += 2, panel += 2 * block.lanes) {
        fill_line(block, channel + taps_[first_term + term], lines[0]);
        if (term + 1 < terms) {
            fill_line(block, channel + taps_[first_term + term + 1], lines[1]);
        } else {
            std::ranges::fill(lines[1], std::int16_t{0});
        }
        interleave(lines[0], lines[1], block.lanes, panel);
    }
}

void Convolution::multiply_panel(const Block& block, Channels channels, std::size_t first_term, std::size_t terms,
                                 const std::vector<char>& narrow, const std::int16_t* panel, Psums& sums) const {
    BlockWeights weights{};
    std::int32_t part[kBlockRows * kBlockPositions];
    for (int first = channels.begin; first < channels.end; first += int(kBlockRows)) {
        const int rows = std::min(int(kBlockRows), channels.end - first);
        const bool fits =
            std::all_of(&narrow[std::size_t(first)], &narrow[std::size_t(first)] + rows, [](char one) { return one; });
        for (int digit = 0; digit < (fits ? 1 : 2); ++digit) {
            for (int row = 0; row < int(kBlockRows); ++row) {
                // Rows behind the last channel repeat it; nobody reads them.
                const std::int16_t* const from = filter(first + std::min(row, rows - 1)) + first_term;
                std::int16_t* const copy = weights.copies[std::size_t(row)].data();
                weights.rows[std::size_t(row)] = fits && terms % 2 == 0 ? from : copy;
                if (!fits) {
                    copy_digits(from, terms, digit, copy);
                } else if (terms % 2 != 0) {  // a pair of which the filter has the first
                    std::copy_n(from, terms, copy);
                }
            }
            kernel_.multiply(weights.rows.data(), panel, (terms + 1) / 2, block.lanes, part);
            for (int row = 0; row < rows; ++row) {
                add_scaled(part + std::size_t(row) * block.lanes, block.count, digit == 0 ? 1 : kDigit,
                           &sums.data[std::size_t(first + row) * layer_.positions() + block.first]);
            }
        }
    }
}

void Convolution::add_positions(int group, Channels channels, Psums& sums) const {
    std::vector<char> narrow(std::size_t(channels.end));
    for (int k = channels.begin; k < channels.end; ++k) {
        narrow[std::size_t(k)] = block_fits(bounds_of({filter(k), taps_.size()}).magnitude(), largest_input_);
    }
    std::vector<std::int16_t> panel(kBlockTerms * kBlockPositions);
    for (std::size_t position = 0; position < layer_.positions(); position += kBlockPositions) {
        const Block block = block_of(position);
        for (std::size_t term = 0; term < taps_.size(); term += kBlockTerms) {
            const std::size_t terms = std::min(kBlockTerms, taps_.size() - term);
            fill_panel(block, group, term, terms, panel.data());
            multiply_panel(block, channels, term, terms, narrow, panel.data(), sums);
        }
    }
}

// One output of a channel: the filters are read once, so that no more is to be gained than the memory's speed.
void Convolution::add_position(int group, Channels channels, Psums& sums) const {
    constexpr std::size_t kPart = 4096;  // stays in the first cache between two looks at it
    std::vector<std::int16_t> inputs(taps_.size());
    const std::size_t channel = std::size_t(group) * std::size_t(layer_.C / layer_.groups) * plane_;
    std::ranges::transform(taps_, inputs.begin(), [&](std::size_t tap) { return planes_[channel + tap]; });
    for (int k = channels.begin; k < channels.end; ++k) {
        std::int64_t sum = 0;
        for (std::size_t term = 0; term < inputs.size(); term += kPart) {
            const std::size_t terms = std::min(kPart, inputs.size() - term);
            sum += dot({filter(k) + term, terms}, inputs.data() + term, largest_input_);
        }
        sums.data[std::size_t(k)] += sum;
    }
}

void Convolution::add_channels(int begin, int end, Psums& sums) const {
    const int of_group = layer_.K / layer_.groups;
    while (begin < end) {
        const int group = begin / of_group;
        const Channels channels{begin, std::min(end, (group + 1) * of_group)};
        if (layer_.positions() == 1) {
            add_position(group, channels, sums);
        } else {
            add_positions(group, channels, sums);
        }
        begin = channels.end;
    }
}

Psums convolve(const Layer& layer, const Operands& input, const Operands& weights) {
    return convolve(layer, input, weights, ThreadPool::none());
}

Psums convolve(const Layer& layer, const Operands& input, const Operands& weights, ThreadPool& threads) {
    const Convolution convolution(layer, input, weights);
    auto sums = zero_tensor<std::int64_t>(layer.output_shape());
    // Each part lays out the inputs anew, which many channels outweigh.
    constexpr std::size_t kFewestChannels = 32;
    const auto channels = std::size_t(layer.K);
    const std::size_t parts = std::clamp<std::size_t>(channels / kFewestChannels, 1, threads.threads());
    threads.for_each(parts, [&](std::size_t part) {
        convolution.add_channels(int(part * channels / parts), int((part + 1) * channels / parts), sums);
    });
    return sums;
}

}  // namespace nonzero
