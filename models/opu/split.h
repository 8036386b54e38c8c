#pragma once
// Layers cut in two by output rows, so that the groups of both cores can meet within a layer: an option of the schedule
// (opu_facts.md 11 rule 4 plans whole layers). Plain C++; C++17-clean.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/opu/closed_form.h"
#include "models/opu/schedule.h"

namespace nonzero::opu {

// Part of a layer of the network.
struct LayerPart {
    std::size_t layer = 0;
    std::int64_t first_row = 0;  // of its output
    std::int64_t rows = 0;
};

struct SplitSchedule {
    std::vector<LayerPart> parts;
    LayerTimes times;  // of the parts
    std::vector<Group> groups;
    std::int64_t pair_time = 0;
};

// Compute goes with the rows. Each part reads all weights and, but for the last, the kernel's rows that reach into the
// next one, and has the overhead of a layer.
LayerTimes part_times(const std::vector<LayerWork>& works, const std::vector<LayerPart>& parts, const CoreShape& first,
                      const CoreShape& second, const ClosedForm& form);

// Starts at the exact schedule of whole layers and, as long as the pair gains, cuts the layer at the end or the start
// of a group where the pair gains most. A layer is cut once.
SplitSchedule split_schedule(const std::vector<LayerWork>& works, const CoreShape& first, const CoreShape& second,
                             const ClosedForm& form, Dram dram);

}  // namespace nonzero::opu
