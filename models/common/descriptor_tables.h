#pragma once
// Tables that descriptors point to, read through the work context.

#include <cstddef>
#include <vector>

#include "models/common/engine.h"
#include "models/common/post_processing.h"

namespace nonzero {

// `items` entries from the front of a region; Fault{NZ_ERROR_REGION} when it is smaller.
template <class Item>
std::vector<Item> read_table(WorkContext& context, const nz_region& region, std::size_t items) {
    std::vector<Item> table(items);
    if (region.size < items * sizeof(Item)) {
        throw Fault{NZ_ERROR_REGION, region.address};
    }
    context.read(region.address, table.data(), items * sizeof(Item));
    return table;
}

// What a layer's descriptor asks of the post-processing unit, with its tables of bias and requantisation. Widths that
// it leaves open are the machine's. RAW64 and counted layers need no tables.
PostProcessor read_post_processor(const nz_descriptor& descriptor, WorkContext& context, int accumulator_bits,
                                  int operand_bits);

}  // namespace nonzero
