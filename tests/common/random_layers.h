#pragma once
// Layers with operands for property tests.

#include <random>
#include <string>
#include <vector>

#include "workloads/layer.h"
#include "workloads/tensor.h"

namespace nonzero::test {

struct RandomLayer {
    Layer layer;
    Operands input;
    Operands weights;
};

// Non-zeros, as far as they are not drawn as zero, with the density's probability.
Operands random_operands(std::mt19937_64& random, std::vector<std::size_t> shape, double density, int magnitude);

// A convolution of C and K channels with square kernels of odd extent, padded so that the plane keeps its extent.
Layer square_convolution(const std::string& name, int C, int K, int plane, int kernel);

// Any stride, padding and grouping; some depthwise.
RandomLayer random_convolution(std::mt19937_64& random, int number);
RandomLayer random_fully_connected(std::mt19937_64& random, int number);

}  // namespace nonzero::test
