#pragma once
// The platforms' post-processor for what the reference is told.

#include "models/post/post_processing.h"
#include "workloads/reference.h"

namespace nonzero {

inline PostProcessor post_processor_of(const PostProcessing& processing) {
    PostProcessor processor;
    processor.accumulator_bits = processing.accumulator_bits;
    processor.output_bits = processing.output_bits;
    processor.relu = processing.relu;
    processor.output_zero_point = processing.output_zero_point;
    processor.clamp_low = processing.clamp_low;
    processor.clamp_high = processing.clamp_high;
    processor.bias = processing.bias;
    for (const Requantisation& scale : processing.requantisation) {
        processor.requant.push_back({scale.multiplier, scale.shift, {}});
    }
    return processor;
}

}  // namespace nonzero
