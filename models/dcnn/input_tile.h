#pragma once
// The inputs of one PE with their padding, laid out so that the patch of an output is a few contiguous pieces. Plain
// C++.

#include <cstdint>
#include <span>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/dcnn/geometry.h"

namespace nonzero::dcnn {

class InputTile {
  public:
    // inputs: channels x rows x columns, as the PE holds them (Geometry::held_inputs).
    void assign(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs);

    int output_rows() const { return output_rows_; }
    int output_columns() const { return output_columns_; }
    std::size_t outputs() const { return std::size_t(output_rows_) * std::size_t(output_columns_); }
    std::size_t taps() const { return run_ * std::size_t(kernel_rows_); }
    // The inputs of output number n (rows outer) in a convolution group, taps() values: kernel rows outer, kernel
    // columns, channels inner.
    void patch(int convolution_group, std::size_t output, std::int16_t* to) const;
    // Per tap, the outputs whose activation is not zero.
    std::span<const std::uint32_t> non_zeros(int convolution_group) const {
        return std::span(non_zeros_).subspan(std::size_t(convolution_group) * taps(), taps());
    }
    // Taps of all outputs of one channel that lie outside the plane.
    std::uint64_t padding_taps() const { return padding_taps_; }

  private:
    const std::int16_t* piece(int convolution_group, int row, int column) const {
        return values_.data() +
               ((std::size_t(convolution_group) * std::size_t(rows_) + std::size_t(row)) * std::size_t(columns_) +
                std::size_t(column)) *
                   channels_;
    }
    void lay_out(const Geometry& geometry, int pe, std::span<const std::int16_t> inputs);
    void count(int convolution_groups);

    int output_rows_ = 0;
    int output_columns_ = 0;
    int stride_y_ = 1;
    int stride_x_ = 1;
    int kernel_rows_ = 0;
    std::size_t channels_ = 0;  // of a convolution group
    std::size_t run_ = 0;       // values of a patch that are neighbours: kernel columns * channels
    int rows_ = 0;              // with padding
    int columns_ = 0;
    AlignedVector<std::int16_t> values_;  // convolution group, row, column, channel
    std::vector<std::uint32_t> non_zeros_;
    std::uint64_t padding_taps_ = 0;
};

}  // namespace nonzero::dcnn
