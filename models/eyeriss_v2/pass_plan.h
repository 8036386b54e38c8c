#pragma once
// How a layer is cut into passes, and what a PE has of a pass (phantom_facts.md 9.6 rule 1). Plain C++.

#include <cstddef>
#include <optional>
#include <vector>

#include "models/eyeriss_v2/parameters.h"
#include "models/masked/masked_layer.h"

namespace nonzero::eyeriss_v2 {

using masked::Range;

// All output columns of some output rows, over some channels and kernel rows.
struct Pass {
    Range filters;   // places in the order of work
    Range channels;  // of the filters' group
    Range kernel_rows;
    Range output_rows;
};

struct PePlace {
    std::size_t cluster_row = 0, cluster_column = 0;
    std::size_t row = 0, column = 0;  // in the cluster
};

struct PeShare {
    Range filters;
    Range channels;
    std::size_t kernel_row = 0;
    std::size_t output_row = 0;
};

struct LayerPlan : masked::MaskedLayer {
    LayerPlan(const nz_descriptor& descriptor, const EyerissV2Parameters& parameters);

    EyerissV2Parameters parameters;
    Mapping mapping;
    std::size_t channels_of_pe;      // C0
    std::vector<std::size_t> order;  // which filter is at a place

    bool is_depthwise() const { return mapping == Mapping::depthwise; }
    std::size_t group_of(std::size_t filter) const { return filter / std::size_t(shape.K / shape.groups); }
    std::size_t channels_of_group() const { return std::size_t(shape.C / shape.groups); }
    // Filters that the columns of PEs of a cluster have together.
    std::size_t filters_of_cluster() const;

    // What is worked on with the same weights: passes in which only the output rows differ.
    std::vector<Pass> weight_blocks() const;
    // The output rows of a weight block, pass by pass.
    std::vector<Range> output_rows() const;
    // nullopt: nothing.
    std::optional<PeShare> share_of(const Pass& pass, const PePlace& pe) const;
    // Of all channels, that of a share's first one.
    std::size_t first_channel(const PeShare& share) const {
        return group_of(order[share.filters.begin]) * channels_of_group() + share.channels.begin;
    }
    // The row of the input under a kernel row at an output row; nullopt in the padding ring.
    std::optional<std::size_t> input_row(const PeShare& share) const;

  private:
    Pass size_;  // of the largest pass, from 0 on
};

// The output column at which a column of the input meets a tap; nullopt: none.
inline std::optional<std::size_t> output_column(const masked::DilatedShape& shape, std::int64_t column,
                                                std::size_t tap) {
    const std::int64_t first = column + shape.pad_left - std::int64_t(tap) * shape.dilation_x;
    if (first < 0) {
        return std::nullopt;
    }
    const bool every = shape.stride_x == 1;  // most layers, which need no division
    const std::int64_t output = every ? first : first / shape.stride_x;
    if (output >= shape.Q || (!every && output * shape.stride_x != first)) {
        return std::nullopt;
    }
    return std::size_t(output);
}

}  // namespace nonzero::eyeriss_v2
