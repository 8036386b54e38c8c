#include "models/phantom/mesh_schedule.h"

#include <algorithm>

namespace nonzero::phantom {

MeshSchedule::MeshSchedule(const LayerMasks& masks, const MeshRules& rules)
    : masks_(masks), geometry_(masks.geometry()), rules_(rules), moving_(std::size_t(geometry_.rows())) {
    std::vector<std::uint64_t> non_zeros(std::size_t(geometry_.shape().K));
    for (std::size_t filter = 0; rules.sort_filters && filter < non_zeros.size(); ++filter) {
        non_zeros[filter] = masks.non_zeros(filter);
    }
    order_ = order_of_work(geometry_, rules.sort_filters, non_zeros);
}

std::vector<CoreTask> MeshSchedule::tasks(std::size_t job) const {
    return tasks_of_job(geometry_, order_, job);
}

TaskTime MeshSchedule::time(const CoreTask& task) {
    if (geometry_.mapping() == Mapping::fully_connected) {
        schedule_planes(rules_, masks_.input_bits(), masks_.weights_of_neurons(task.neurons), task.neurons.size(), true,
                        schedule_);
    } else {
        const DilatedShape& shape = geometry_.shape();
        const auto group = task.filter / std::size_t(geometry_.filters_per_group());
        const std::size_t channel = group * std::size_t(shape.C / shape.groups);
        Moving& moving = moving_[std::size_t(task.core / geometry_.columns())];
        if (moving.part.size() == 0 || moving.channel != channel || moving.part.begin != task.part.begin) {
            moving = {channel, task.part, masks_.inputs_of(channel, task.part)};
        }
        schedule_planes(rules_, masks_.weights_of(task.filter, task.part), moving.bits, geometry_.windows(task.part),
                        false, schedule_);
    }
    return {schedule_.time(rules_.core), schedule_.entries(), schedule_.products()};
}

void MeshSchedule::add_job(std::size_t job, MeshTime& time) {
    ++time.jobs;
    const auto pes = std::uint64_t(rules_.pes());
    const auto cores = std::uint64_t(geometry_.cores());
    std::vector<Cycles> ends;
    Cycles slowest = 0;
    std::uint64_t entries = 0;
    for (const CoreTask& task : tasks(job)) {
        const TaskTime own = this->time(task);
        time.products += own.products;
        time.zero_windows += own.core.zero_windows;
        time.busy += own.core.busy;
        time.stall += own.core.stall;
        time.core_barrier += pes * own.core.cycles - own.core.busy - own.core.stall;
        entries += own.entries;
        slowest = std::max(slowest, own.core.cycles);
        ends.push_back(own.core.cycles);
    }
    time.entries += entries;
    if (entries == 0) {
        return;
    }
    for (const Cycles end : ends) {
        time.mesh_barrier += pes * (slowest - end);
    }
    time.idle += pes * (cores - ends.size()) * slowest;
    time.fill += pes * cores * rules_.fill;
    time.cycles += slowest + rules_.fill;
}

MeshTime MeshSchedule::layer() {
    MeshTime time;
    for (std::size_t job = 0; job < geometry_.jobs(); ++job) {
        add_job(job, time);
    }
    return time;
}

MeshTime MeshSchedule::dynamic_layer() {
    if (geometry_.mapping() == Mapping::fully_connected) {
        return layer();
    }
    MeshTime time;
    const auto pes = std::uint64_t(rules_.pes());
    std::vector<Cycles> free(std::size_t(geometry_.cores()));
    std::vector<CoreTask> all;
    const std::size_t tiles = geometry_.row_tiles();
    for (std::size_t first = 0; first < geometry_.jobs(); first += tiles) {
        const std::size_t begin = all.size();
        for (std::size_t tile = 0; tile < tiles; ++tile) {
            const auto own = tasks(first + tile);
            all.insert(all.end(), own.begin(), own.end());
        }
        // The rows of a filter stand together; cores of a job are numbered row lane by row lane.
        const auto columns = geometry_.columns();
        std::stable_sort(all.begin() + std::ptrdiff_t(begin), all.end(),
                         [&](const CoreTask& a, const CoreTask& b) { return a.core % columns < b.core % columns; });
    }
    for (const CoreTask& task : all) {
        const TaskTime own = this->time(task);
        ++time.jobs;
        time.products += own.products;
        time.entries += own.entries;
        time.zero_windows += own.core.zero_windows;
        time.busy += own.core.busy;
        time.stall += own.core.stall;
        time.core_barrier += pes * own.core.cycles - own.core.busy - own.core.stall;
        if (own.entries > 0) {
            *std::ranges::min_element(free) += own.core.cycles + rules_.fill;
            time.fill += pes * rules_.fill;
        }
    }
    time.cycles = *std::ranges::max_element(free);
    for (const Cycles end : free) {
        (end == 0 ? time.idle : time.mesh_barrier) += pes * (time.cycles - end);
    }
    return time;
}

}  // namespace nonzero::phantom
