#pragma once
// Weights into the slots of an array: what each multiplier holds or, output-stationary, meets one after the other.

#include <cstdint>
#include <span>

#include "models/systolic/panel.h"
#include "models/systolic/schedule.h"
#include "models/systolic/slot_products.h"

namespace nonzero::systolic {

// The slots of a job, row after row of its panel: values and, for arrays with metadata, places in the blocks.
struct SlotContents {
    std::span<const std::int16_t> values;
    std::span<const std::uint8_t> places;
};

// Each slot's multiplexer picks the column that its metadata names in the block that the slot belongs to.
void place_weights(const ArrayGeometry& geometry, const Panel& panel, const PassJob& job, const SlotContents& contents,
                   SlotProducts& products);

}  // namespace nonzero::systolic
