#pragma once
// A layer's output in memory, put together from what the PEs' OARAMs hold (formats: sequencer.h). Plain C++.

#include <cstdint>
#include <vector>

#include "models/scnn/layer_plan.h"

namespace nonzero::scnn {

// parts: bytes of each OARAM.
std::vector<std::uint8_t> output_image(const LayerPlan& plan, const std::vector<std::vector<std::uint8_t>>& parts);

}  // namespace nonzero::scnn
