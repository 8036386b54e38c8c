#include "models/phantom/mesh_schedule.h"

#include <algorithm>
#include <bit>
#include <span>

#include "models/phantom/filter_order.h"

namespace nonzero::phantom {

namespace {

std::uint64_t bits_in(const std::uint64_t* words, std::size_t count) {
    std::uint64_t bits = 0;
    for (std::size_t word = 0; word < count; ++word) {
        bits += std::uint64_t(std::popcount(words[word]));
    }
    return bits;
}

}  // namespace

MeshSchedule::MeshSchedule(const LayerMasks& masks, const MeshRules& rules)
    : masks_(masks), geometry_(masks.geometry()), rules_(rules), moving_(std::size_t(geometry_.rows())) {
    std::vector<std::uint64_t> non_zeros(std::size_t(geometry_.shape().K));
    for (std::size_t filter = 0; rules.sort_filters && filter < non_zeros.size(); ++filter) {
        non_zeros[filter] = masks.non_zeros(filter);
    }
    for (std::size_t set = 0; set < geometry_.filter_sets(); ++set) {
        const Range filters = geometry_.filters_of(set);
        const auto order = filter_order(filters.begin, filters.end, non_zeros);
        order_.insert(order_.end(), order.begin(), order.end());
    }
}

std::vector<CoreTask> MeshSchedule::tasks(std::size_t job) const {
    std::vector<CoreTask> tasks;
    if (geometry_.mapping() == Mapping::fully_connected) {
        for (int core = 0; core < geometry_.cores() && geometry_.neurons_of(core) > 0; ++core) {
            CoreTask& task = tasks.emplace_back();
            task.core = core;
            for (std::size_t n = 0; n < geometry_.neurons_of(core); ++n) {
                task.neurons.push_back(order_[std::size_t(core) + n * std::size_t(geometry_.cores())]);
            }
        }
        return tasks;
    }
    const std::size_t tile = job % geometry_.row_tiles();
    const std::size_t lanes = job / geometry_.row_tiles();
    const Range set = geometry_.filters_of(lanes / geometry_.lanes_of_set());
    const std::size_t first = set.begin + lanes % geometry_.lanes_of_set() * std::size_t(geometry_.columns());
    const std::size_t end = std::min(first + std::size_t(geometry_.columns()), set.end);
    for (std::size_t filter = first; filter < end; ++filter) {
        for (int lane = 0; lane < geometry_.rows(); ++lane) {
            const Range part = geometry_.part(tile, lane);
            if (part.size() > 0) {
                const int core = lane * geometry_.columns() + int(filter - first);
                tasks.push_back({core, order_[filter], {}, part});
            }
        }
    }
    return tasks;
}

// by_moving: the columns' estimates count the moving bits, whatever stays.
void MeshSchedule::schedule_planes(const PlaneBits& stationary, const BitRows& moving, std::size_t windows,
                                   bool by_moving) {
    schedule_.clear();
    ColumnMap map(rules_.map);
    std::vector<const std::uint64_t*> masks;
    std::vector<CoreSchedule::Column> columns;
    for (std::size_t plane = 0; plane < stationary.size(); ++plane) {
        masks.clear();
        columns.clear();
        std::array<std::uint64_t, kColumns> estimates{};
        std::array<std::size_t, kColumns + 1> begins{};
        for (std::size_t tap = 0; tap < std::size_t(kPlaneTaps); ++tap) {
            const std::uint64_t* const row = moving.row(plane * kPlaneTaps + tap);
            const bool stays = (stationary[plane] >> tap & 1U) != 0;
            if (stays) {
                masks.push_back(row);
            }
            estimates[tap / kTaps] += by_moving ? bits_in(row, words_of(windows)) : stays ? windows : 0;
            begins[tap / kTaps + 1] = masks.size();
        }
        const std::span<const std::uint64_t* const> all(masks);
        if (rules_.one_pe) {
            if (!masks.empty() || !rules_.drop_empty) {
                columns.push_back({0, all});
            }
        } else {
            const ColumnMap::Pes pes = map.next(estimates);
            for (std::size_t column = 0; column < kColumns; ++column) {
                const auto own = all.subspan(begins[column], begins[column + 1] - begins[column]);
                if (!own.empty() || !rules_.drop_empty) {
                    columns.push_back({pes[column], own});
                }
            }
        }
        schedule_.add_plane(columns, windows);
    }
}

TaskTime MeshSchedule::time(const CoreTask& task) {
    if (geometry_.mapping() == Mapping::fully_connected) {
        schedule_planes(masks_.input_bits(), masks_.weights_of_neurons(task.neurons), task.neurons.size(), true);
    } else {
        const DilatedShape& shape = geometry_.shape();
        const auto group = task.filter / std::size_t(geometry_.filters_per_group());
        const std::size_t channel = group * std::size_t(shape.C / shape.groups);
        Moving& moving = moving_[std::size_t(task.core / geometry_.columns())];
        if (moving.part.size() == 0 || moving.channel != channel || moving.part.begin != task.part.begin) {
            moving = {channel, task.part, masks_.inputs_of(channel, task.part)};
        }
        schedule_planes(masks_.weights_of(task.filter, task.part), moving.bits, geometry_.windows(task.part), false);
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
