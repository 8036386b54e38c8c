#pragma once

#include "models/host/engine.h"
#include "models/post/post_processing.h"

namespace nonzero {

// What a layer's descriptor asks of the post-processing unit, with its tables of bias and requantisation. Widths that
// it leaves open are the machine's. RAW64 and counted layers need no tables.
PostProcessor read_post_processor(const nz_descriptor& descriptor, WorkContext& context, int accumulator_bits,
                                  int operand_bits);

}  // namespace nonzero
