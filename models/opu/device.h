#pragma once
// What a device has and what a core takes of it (opu_facts.md 5.2, 11 rule 6). Plain C++; C++17-clean.

#include <cstdint>
#include <vector>

#include "models/opu/core_shape.h"

namespace nonzero::opu {

struct Device {
    std::int64_t dsps = 840;
    std::int64_t luts = 203800;
    std::int64_t bram36 = 445;

    double dsps_of_multiplier = 0.5;
    std::int64_t control_dsps = 32;  // of the whole machine
    double luts_of_multiplier = 60;
    double luts_of_window_pe = 350;  // of a depthwise core
    std::int64_t luts_of_core = 25000;
    // Buffers of a core, bits. Weights as of a core of 1,024 multipliers.
    std::int64_t feature_bits = 2 * 1444 * 512;
    std::int64_t weight_bits = 2 * 16 * 36 * 512;
    std::int64_t bias_bits = 2 * 1024;
    std::int64_t partial_sum_bits = 1444 * 1024;
    std::int64_t instruction_bits = 8192 * 32;
};

struct Area {
    std::int64_t dsps = 0;
    std::int64_t luts = 0;
    std::int64_t bram36 = 0;  // reported; prunes nothing
};

Area area_of(const std::vector<CoreShape>& cores, const Device& device);

bool fits(const Area& area, const Device& device);

}  // namespace nonzero::opu
