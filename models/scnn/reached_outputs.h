#pragma once
// The outputs that the products of a PE's tile reach, by who owns them. Plain C++.

#include <cstdint>
#include <vector>

#include "models/scnn/geometry.h"

namespace nonzero::scnn {

struct ReachedOutputs {
    // Owned by another PE, for channel offset 0.
    struct HaloCell {
        std::uint16_t owner;
        std::uint32_t address;        // within the owner's plane of one channel
        std::uint32_t owner_outputs;  // outputs that the owner has per channel
        std::int32_t cell;            // of the accumulators
    };
    // Owned by this PE.
    struct OwnCell {
        std::uint32_t address;
        std::int32_t cell;
    };
    std::vector<HaloCell> halo;
    std::vector<OwnCell> own;
    std::uint32_t owned_outputs = 0;  // per channel, reached or not
};

ReachedOutputs reached_outputs(const Geometry& geometry, int pe);

}  // namespace nonzero::scnn
