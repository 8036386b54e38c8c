#include "models/dcnn/weight_rows.h"

#include <algorithm>
#include <limits>

#include "workloads/operand_scan.h"
#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

constexpr int kSplit = 256;
constexpr int kLargestPart = kSplit / 2;  // of a split weight
constexpr std::size_t kUsefulChunk = 256;

// One row: [channel][position] to [position][channel].
void reorder(const std::int16_t* from, std::size_t channels, std::size_t positions, std::int16_t* to) {
    if (positions == 1) {
        std::copy_n(from, channels, to);
        return;
    }
    for (std::size_t position = 0; position < positions; ++position) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            to[position * channels + channel] = from[channel * positions + position];
        }
    }
}

NONZERO_VECTOR_CLONES
void count_non_zeros(const std::int16_t* row, std::size_t taps, std::uint32_t* counts) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
        counts[tap] += row[tap] != 0 ? 1 : 0;
    }
}

// Products of these magnitudes whose sum stays inside 32 bits.
std::size_t safe_products(int input, int weight) {
    const auto product = std::max<std::int64_t>(1, std::int64_t{input} * weight);
    return std::size_t(std::numeric_limits<std::int32_t>::max() / product);
}

}  // namespace

void WeightRows::assign(std::span<const std::int16_t> weights, std::size_t rows, std::size_t channels,
                        std::size_t positions, int largest_input, bool count_only) {
    counts_.assign(channels * positions, 0);
    for (std::size_t row = 0; row < rows; ++row) {
        count_non_zeros(weights.data() + row * counts_.size(), counts_.size(), counts_.data());
    }
    assign_counts(std::span<const std::uint32_t>(counts_), rows, channels, positions);
    if (count_only) {
        return;
    }
    const std::size_t stored_rows = (rows + kRowBlock - 1) / kRowBlock * kRowBlock;
    low_.resize(stored_rows * length());
    for (std::size_t row = 0; row < rows; ++row) {
        std::int16_t* const stored = low_.data() + row * length();
        reorder(weights.data() + row * taps_, channels, positions, stored);
        std::fill_n(stored + taps_, length() - taps_, std::int16_t{0});
    }
    std::fill(low_.begin() + std::ptrdiff_t(rows * length()), low_.end(), std::int16_t{0});
    std::size_t safe = safe_products(largest_input, int(bounds_of(weights).magnitude()));
    split_ = safe < std::min(kUsefulChunk, length());
    if (split_) {
        safe = safe_products(largest_input, kLargestPart);
        high_.resize(low_.size());
        for (std::size_t n = 0; n < low_.size(); ++n) {
            const int weight = low_[n];
            const int low = (weight + kLargestPart) % kSplit;
            low_[n] = std::int16_t((low < 0 ? low + kSplit : low) - kLargestPart);
            high_[n] = std::int16_t((weight - low_[n]) / kSplit);
        }
    }
    chunk_ = std::min(safe / kVectorElements * kVectorElements, length());
}

}  // namespace nonzero::dcnn
