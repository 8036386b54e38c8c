#pragma once
// The weights of a run of output channels as the multipliers meet them, worked out once for all PEs. Plain C++.
//
// A row holds the weights of one output channel in the order of an activation patch: kernel rows outer, kernel columns,
// input channels inner. Rows are padded with zeros, so that wide instructions need no end of their own. Partial sums of
// chunk() products stay inside 32 bits; where the operands are too wide for chunks of useful length each weight w is
// split into high * 256 + low.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"

namespace nonzero::dcnn {

inline constexpr std::size_t kVectorElements = 32;  // rows and patches are padded to a multiple of it
inline constexpr std::size_t kRowBlock = 4;         // and the number of rows to a multiple of this

constexpr std::size_t padded_length(std::size_t taps) {
    return (taps + kVectorElements - 1) / kVectorElements * kVectorElements;
}

class WeightRows {
  public:
    // weights: rows x channels x positions (kernel rows * columns). largest_input: magnitude of the activations that
    // they will meet. count_only: only non_zeros() is needed.
    void assign(std::span<const std::int16_t> weights, std::size_t rows, std::size_t channels, std::size_t positions,
                int largest_input, bool count_only);
    // Of weights that are counted already, channels x positions: the rows whose weight is not zero.
    template <class Count>
    void assign_counts(std::span<const Count> counts, std::size_t rows, std::size_t channels, std::size_t positions) {
        rows_ = rows;
        taps_ = channels * positions;
        non_zeros_.resize(taps_);
        for (std::size_t position = 0; position < positions; ++position) {
            for (std::size_t channel = 0; channel < channels; ++channel) {
                non_zeros_[position * channels + channel] = counts[channel * positions + position];
            }
        }
    }

    std::size_t rows() const { return rows_; }
    std::size_t taps() const { return taps_; }
    std::size_t length() const { return padded_length(taps_); }  // from row to row
    // Multiple of kVectorElements.
    std::size_t chunk() const { return chunk_; }
    bool split() const { return split_; }
    // Whether the sum of all products of a row stays inside 32 bits.
    bool narrow() const { return !split_ && chunk_ == length(); }
    const std::int16_t* low() const { return low_.data(); }
    const std::int16_t* high() const { return high_.data(); }  // only with split()
    // Per tap, the rows whose weight is not zero.
    std::span<const std::uint32_t> non_zeros() const { return non_zeros_; }

  private:
    std::size_t rows_ = 0;
    std::size_t taps_ = 0;
    std::size_t chunk_ = 0;
    bool split_ = false;
    std::vector<std::uint32_t> counts_;  // channels x positions
    AlignedVector<std::int16_t> low_;
    AlignedVector<std::int16_t> high_;
    std::vector<std::uint32_t> non_zeros_;
};

}  // namespace nonzero::dcnn
