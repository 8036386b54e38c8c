#pragma once
// The matrix B of a layer (demm_facts.md 10, "Numbers"), read piece by piece from the activations: it is never
// stored as a whole, being up to KH * KW times as large as they are. Padding gives zeros.

#include <cstddef>
#include <cstdint>
#include <span>

#include "workloads/gemm.h"
#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero {

class Im2col {
  public:
    // Keeps references: layer and activations (C x H x W in C order) must outlive it. A fully connected layer also
    // reads the plane that flattens to its input. InputError where the number of activations is not that of the layer.
    Im2col(const Layer& layer, std::span<const std::int16_t> activations);
    Im2col(const Layer& layer, const Operands& activations) : Im2col(layer, std::span(activations.data)) {}

    const GemmShape& shape() const { return shape_; }
    // B[k][p] of a group.
    std::int16_t at(int group, int k, int p) const;
    // B[k][p_begin .. p_begin + out.size()) of a group.
    void copy_row(int group, int k, int p_begin, std::span<std::int16_t> out) const;
    // The rows k_begin .. k_end - 1 and columns p_begin .. p_end - 1; row k begins at out[(k - k_begin) * row_stride].
    void copy_tile(int group, int k_begin, int k_end, int p_begin, int p_end, std::int16_t* out,
                   std::size_t row_stride) const;

  private:
    const Layer& layer_;
    std::span<const std::int16_t> activations_;
    GemmShape shape_;
    int output_columns_;
};

}  // namespace nonzero
