#include "models/opu/device.h"

#include <cmath>

namespace nonzero::opu {

Area area_of(const std::vector<CoreShape>& cores, const Device& device) {
    constexpr double bram36_bits = 36 * 1024;
    double multipliers = 0;
    double luts = 0;
    Area area;
    for (const CoreShape& core : cores) {
        const auto own = double(core.multipliers());
        multipliers += own;
        luts += device.luts_of_multiplier * own + double(device.luts_of_core);
        if (core.kind == CoreKind::depthwise) {
            luts += device.luts_of_window_pe * core.pes;
        }
        const double bits = double(device.feature_bits) + double(device.weight_bits) * own / 1024 +
                            double(device.bias_bits) + double(device.partial_sum_bits) +
                            double(device.instruction_bits);
        area.bram36 += std::int64_t(std::ceil(bits / bram36_bits));
    }
    area.dsps = std::int64_t(std::ceil(multipliers * device.dsps_of_multiplier)) + device.control_dsps;
    area.luts = std::int64_t(std::ceil(luts));
    return area;
}

bool fits(const Area& area, const Device& device) {
    return area.dsps <= device.dsps && area.luts <= device.luts;
}

}  // namespace nonzero::opu
