#include "models/dcnn/weight_rows.h"

#include <algorithm>
#include <limits>

#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

constexpr int kSplit = 256;
constexpr int kLargestPart = kSplit / 2;  // of a split weight
constexpr std::size_t kUsefulChunk = 256;

// One row: [channel][position] to [position][channel]. Returns the largest magnitude.
int reorder(const std::int16_t* from, std::size_t channels, std::size_t positions, std::int16_t* to) {
    int low = 0;
    int high = 0;
    for (std::size_t position = 0; position < positions; ++position) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            const std::int16_t weight = from[channel * positions + position];
            low = std::min<int>(low, weight);
            high = std::max<int>(high, weight);
            to[position * channels + channel] = weight;
        }
    }
    return std::max(-low, high);
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
    rows_ = rows;
    taps_ = channels * positions;
    non_zeros_.assign(taps_, 0);
    const std::size_t stored_rows = (rows + kRowBlock - 1) / kRowBlock * kRowBlock;
    low_.assign(stored_rows * length(), 0);
    int largest_weight = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        std::int16_t* const stored = low_.data() + row * length();
        largest_weight = std::max(largest_weight, reorder(weights.data() + row * taps_, channels, positions, stored));
        count_non_zeros(stored, taps_, non_zeros_.data());
    }
    if (count_only) {
        return;
    }
    std::size_t safe = safe_products(largest_input, largest_weight);
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
