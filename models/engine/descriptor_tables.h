#pragma once
// Tables that descriptors point to, read through the work context.

#include <cstddef>
#include <vector>

#include "models/host/engine.h"

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

}  // namespace nonzero
