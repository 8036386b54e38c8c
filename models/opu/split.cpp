#include "models/opu/split.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace nonzero::opu {

namespace {

SplitSchedule solved(const std::vector<LayerWork>& works, std::vector<LayerPart> parts, const CoreShape& first,
                     const CoreShape& second, const ClosedForm& form, Dram dram) {
    SplitSchedule schedule;
    schedule.times = part_times(works, parts, first, second, form);
    schedule.parts = std::move(parts);
    PairScheduler scheduler;
    schedule.pair_time = scheduler.solve(schedule.times, dram);
    schedule.groups = scheduler.groups();
    return schedule;
}

}  // namespace

LayerTimes part_times(const std::vector<LayerWork>& works, const std::vector<LayerPart>& parts, const CoreShape& first,
                      const CoreShape& second, const ClosedForm& form) {
    LayerTimes times;
    for (const LayerPart& part : parts) {
        LayerWork work = works[part.layer];
        const bool is_last = part.first_row + part.rows == work.rows;
        const std::int64_t halo = is_last ? 0 : (work.kernel_rows - 1) * work.columns * work.all_channels;
        work.in_rows =
            work.in_rows * (part.first_row + part.rows) / work.rows - work.in_rows * part.first_row / work.rows;
        work.rows = part.rows;
        const std::int64_t bytes = memory_bytes(work, form) + halo * form.operand_bytes;
        times.bytes.push_back(bytes);
        for (const std::size_t core : {std::size_t{0}, std::size_t{1}}) {
            const std::int64_t own = layer_time(work, core == 0 ? first : second, form);
            const std::int64_t memory = bytes + std::int64_t(form.overhead) * form.bandwidth;
            times.core[core].push_back(std::max(own, memory));
        }
    }
    return times;
}

SplitSchedule split_schedule(const std::vector<LayerWork>& works, const CoreShape& first, const CoreShape& second,
                             const ClosedForm& form, Dram dram) {
    std::vector<LayerPart> whole;
    for (std::size_t layer = 0; layer < works.size(); ++layer) {
        whole.push_back({layer, 0, works[layer].rows});
    }
    SplitSchedule best = solved(works, std::move(whole), first, second, form, dram);
    for (bool gains = true; gains;) {
        gains = false;
        std::set<std::size_t> places;  // first and last parts of the groups that are whole layers
        for (const Group& group : best.groups) {
            for (const std::size_t place : {group.begin, group.end - 1}) {
                if (best.parts[place].rows == works[best.parts[place].layer].rows) {
                    places.insert(place);
                }
            }
        }
        SplitSchedule next = best;
        for (const std::size_t place : places) {
            const LayerPart part = best.parts[place];
            for (std::int64_t rows = 1; rows < part.rows; ++rows) {
                std::vector<LayerPart> parts = best.parts;
                parts[place] = {part.layer, 0, rows};
                parts.insert(parts.begin() + std::ptrdiff_t(place) + 1, {part.layer, rows, part.rows - rows});
                SplitSchedule tried = solved(works, std::move(parts), first, second, form, dram);
                if (tried.pair_time < next.pair_time) {
                    next = std::move(tried);
                    gains = true;
                }
            }
        }
        best = std::move(next);
    }
    return best;
}

}  // namespace nonzero::opu
