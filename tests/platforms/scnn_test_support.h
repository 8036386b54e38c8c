#pragma once
// What the tests of the SCNN platform share.

#include <string>

#include "tests/platforms/platform_bench.h"

namespace nonzero::test {

inline void simulate(const PlatformOptions& options, const Script& script,
                     const DramParameters& dram = Standalone::default_dram()) {
    simulate("scnn", options, script, dram);
}

inline std::uint64_t attributed_cycles(const Standalone& bench) {
    return attributed_cycles("scnn", bench);
}
// Lanes of all uses; they sum to F * I per slot.
inline std::uint64_t attributed_lanes(const Platform& platform) {
    std::uint64_t lanes = 0;
    for (const char* use : {"products_kept", "products_dropped", "products_placeholder", "lanes_partial_activation",
                            "lanes_partial_weight"}) {
        lanes += platform.statistic_sum(use);
    }
    return lanes;
}
inline std::uint64_t slots(const Platform& platform) {
    return platform.statistic_sum("busy") + platform.statistic_sum("void");
}

}  // namespace nonzero::test
