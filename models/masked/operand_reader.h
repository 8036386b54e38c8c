#pragma once
// Reads operands as masks and packed values out of memory (packed_operands.h). What they hold is checked before use:
// a throw of Fault names the region.

#include "models/dma/work_context.h"
#include "models/masked/filters.h"
#include "models/masked/masked_layer.h"

namespace nonzero::masked {

MaskedTensor read_input(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);
// Order and masks; the region is long enough for the values.
Filters read_filter_masks(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);
// Where the values of all filters lie; of a counted layer they are none.
nz_region values_region(const nz_descriptor& descriptor, const MaskedLayer& layer, const Filters& filters);
// With all values.
Filters read_filters(const nz_descriptor& descriptor, const MaskedLayer& layer, WorkContext& context);

}  // namespace nonzero::masked
