#pragma once
// Random post-processing for property tests.

#include <algorithm>
#include <cstdlib>
#include <random>

#include "workloads/reference.h"

namespace nonzero::test {

// Scales that spread the sums of the layer over the outputs' range, with some channels beyond it.
inline PostProcessing random_processing(std::mt19937_64& random, const Psums& sums, int accumulator_bits) {
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    std::int64_t largest = 1;
    for (const std::int64_t sum : sums.data) {
        largest = std::max(largest, std::abs(sum));
    }
    int bits = 0;
    while ((largest >> bits) != 0) {
        ++bits;
    }
    PostProcessing processing;
    processing.accumulator_bits = pick(12, accumulator_bits);
    processing.output_bits = pick(4, 16);
    processing.relu = pick(0, 1) == 0;
    const int range = 1 << (processing.output_bits - 1);
    processing.output_zero_point = pick(0, 2) == 0 ? pick(-range, range - 1) : 0;
    if (pick(0, 2) == 0) {
        processing.clamp_low = pick(-range, range / 2);
        processing.clamp_high = pick(processing.clamp_low, range);
    }
    for (std::size_t k = 0; k < sums.shape[0]; ++k) {
        const int shift = std::min(31, std::max(-31, bits - processing.output_bits + pick(-2, 2)));
        processing.requantisation.push_back({pick(-5, 20) * (1 << 26), std::int8_t(shift)});
    }
    if (pick(0, 2) != 0) {
        for (std::size_t k = 0; k < sums.shape[0]; ++k) {
            processing.bias.push_back(std::uniform_int_distribution<std::int64_t>(-largest / 2, largest / 2)(random));
        }
    }
    return processing;
}

}  // namespace nonzero::test
