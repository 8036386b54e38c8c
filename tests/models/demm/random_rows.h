#pragma once
// Packed weights for the tests of DeMM's modules.

#include "tests/common/property.h"

#include <cstdint>
#include <span>
#include <vector>

#include "models/demm/geometry.h"
#include "models/demm/parameters.h"
#include "tests/common/in_range.h"
#include "workloads/formats/nm_packed.h"
#include "workloads/gemm.h"

namespace nonzero::demm {

// A of all convolution groups, (groups * Mo) x K.
inline std::vector<std::int16_t> random_matrix(const GemmShape& shape, int zeros_of_ten, int magnitude) {
    std::vector<std::int16_t> matrix(std::size_t(shape.groups * shape.Mo) * std::size_t(shape.K));
    for (std::int16_t& weight : matrix) {
        weight = std::int16_t(in_range(0, 9) < zeros_of_ten ? 0 : in_range(-magnitude, magnitude));
    }
    return matrix;
}

struct WeightRegion {
    std::vector<std::uint8_t> counts;
    std::vector<std::uint8_t> packed;
    std::vector<std::size_t> slots;  // of each tile
};

// What follows the columns' counts in a weights region, convolution group by convolution group and tile by tile.
inline WeightRegion pack(const GemmShape& shape, const std::vector<std::int16_t>& matrix,
                         const DemmParameters& parameters, std::size_t uniform = 0) {
    const NmTileFormat format{parameters.n, parameters.m};
    WeightRegion region;
    for (int convolution_group = 0; convolution_group < shape.groups; ++convolution_group) {
        for (int k = 0; k < shape.K; k += parameters.m) {
            const int columns = std::min(parameters.m, shape.K - k);
            const MatrixTile dense{matrix.data() + std::size_t(convolution_group * shape.Mo) * std::size_t(shape.K) + k,
                                   std::size_t(shape.Mo), std::size_t(columns), std::size_t(shape.K)};
            const NmPackedTile tile = encode_nm_tile(dense, format, uniform).value();
            region.slots.push_back(0);
            for (int row = 0; row < shape.Mo; ++row) {
                region.slots.back() += tile.row_slots[std::size_t(row)];
                int weights = 0;
                for (int column = 0; column < columns; ++column) {
                    weights += dense.data[std::size_t(row) * dense.row_stride + std::size_t(column)] != 0 ? 1 : 0;
                }
                region.counts.push_back(std::uint8_t(weights & 0xFF));
                region.counts.push_back(std::uint8_t(weights >> 8));
            }
            append_nm_tile(tile, format, region.packed);
        }
    }
    return region;
}

}  // namespace nonzero::demm
