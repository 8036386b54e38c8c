#pragma once
// What the timing rules need to know of a layer (opu_facts.md 4, 11.2 rule 1). Plain C++; C++17-clean.

#include <cstdint>
#include <vector>

#include "workloads/layer.h"
#include "workloads/network.h"

namespace nonzero::opu {

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

struct LayerWork {
    bool depthwise = false;         // more than one group, of one input channel each
    std::int64_t in_channels = 1;   // of a group
    std::int64_t all_channels = 1;  // of the input
    std::int64_t out_channels = 1;
    std::int64_t kernel_rows = 1, kernel_columns = 1;
    std::int64_t rows = 1, columns = 1;        // of the output plane; the planes of a batch stand below each other
    std::int64_t in_rows = 1, in_columns = 1;  // of the input plane, likewise
    bool residual = false;                     // what it puts out is added to another tensor on its way to memory

    std::int64_t taps() const { return kernel_rows * kernel_columns; }
    std::int64_t pixels() const { return rows * columns; }
    std::int64_t weights() const { return out_channels * in_channels * taps(); }
    std::int64_t macs() const { return weights() * pixels(); }
};

// A layer with weights. InputError for a product of activations, which no core runs.
LayerWork work_of(const Layer& layer);

// Of the layers with weights, in the order of the network. A layer is residual where an addition reads it and no later
// one.
std::vector<LayerWork> works_of(const Network& network);

}  // namespace nonzero::opu
