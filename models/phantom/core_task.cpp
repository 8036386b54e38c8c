#include "models/phantom/core_task.h"

#include <array>
#include <bit>

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

std::size_t windows_of(const Geometry& geometry, const CoreTask& task) {
    return geometry.mapping() == Mapping::fully_connected ? task.neurons.size() : geometry.windows(task.part);
}

std::size_t outputs_of(const Geometry& geometry, const CoreTask& task) {
    return windows_of(geometry, task) * (geometry.mapping() == Mapping::depthwise ? task.part.size() : 1);
}

std::vector<std::size_t> order_of_work(const Geometry& geometry, bool sort, std::span<const std::uint64_t> non_zeros) {
    // Of filters that all count alike the order is their own.
    const std::vector<std::uint64_t> alike(sort ? 0 : std::size_t(geometry.shape().K));
    std::vector<std::size_t> all;
    for (std::size_t set = 0; set < geometry.filter_sets(); ++set) {
        const Range filters = geometry.filters_of(set);
        const auto order = filter_order(filters.begin, filters.end, sort ? non_zeros : std::span(alike));
        all.insert(all.end(), order.begin(), order.end());
    }
    return all;
}

std::vector<CoreTask> tasks_of_job(const Geometry& geometry, std::span<const std::size_t> order, std::size_t job) {
    std::vector<CoreTask> tasks;
    if (geometry.mapping() == Mapping::fully_connected) {
        for (int core = 0; core < geometry.cores() && geometry.neurons_of(core) > 0; ++core) {
            CoreTask& task = tasks.emplace_back();
            task.core = core;
            for (std::size_t n = 0; n < geometry.neurons_of(core); ++n) {
                task.neurons.push_back(order[std::size_t(core) + n * std::size_t(geometry.cores())]);
            }
        }
        return tasks;
    }
    const std::size_t tile = job % geometry.row_tiles();
    const Range places = geometry.places_of(job);
    for (std::size_t place = places.begin; place < places.end; ++place) {
        for (int lane = 0; lane < geometry.rows(); ++lane) {
            const Range part = geometry.part(tile, lane);
            if (part.size() > 0) {
                const int core = lane * geometry.columns() + int(place - places.begin);
                tasks.push_back({core, order[place], {}, part});
            }
        }
    }
    return tasks;
}

void schedule_planes(const MeshRules& rules, const PlaneBits& stationary, const BitRows& moving, std::size_t windows,
                     bool by_moving, CoreSchedule& schedule) {
    schedule.clear();
    ColumnMap map(rules.map);
    std::array<const std::uint64_t*, kPlaneTaps> masks{};
    std::array<CoreSchedule::Column, kColumns> columns{};
    for (std::size_t plane = 0; plane < stationary.size(); ++plane) {
        std::size_t used = 0;
        std::size_t filled = 0;
        std::array<std::uint64_t, kColumns> estimates{};
        std::array<std::size_t, kColumns + 1> begins{};
        for (std::size_t tap = 0; tap < std::size_t(kPlaneTaps); ++tap) {
            const std::uint64_t* const row = moving.row(plane * kPlaneTaps + tap);
            const bool stays = (stationary[plane] >> tap & 1U) != 0;
            if (stays) {
                masks[used++] = row;
            }
            estimates[tap / kTaps] += by_moving ? bits_in(row, words_of(windows)) : stays ? windows : 0;
            begins[tap / kTaps + 1] = used;
        }
        const std::span<const std::uint64_t* const> all(masks.data(), used);
        if (rules.one_pe) {
            if (used > 0 || !rules.drop_empty) {
                columns[filled++] = {0, all};
            }
        } else {
            const ColumnMap::Pes pes = map.next(estimates);
            for (std::size_t column = 0; column < kColumns; ++column) {
                const auto own = all.subspan(begins[column], begins[column + 1] - begins[column]);
                if (!own.empty() || !rules.drop_empty) {
                    columns[filled++] = {pes[column], own};
                }
            }
        }
        schedule.add_plane({columns.data(), filled}, windows);
    }
}

}  // namespace nonzero::phantom
