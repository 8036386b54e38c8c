#include "models/phantom/core_task.h"

#include <bit>

namespace nonzero::phantom {

namespace {

std::uint32_t taps_of(const PlaneBits& stationary, std::size_t plane, std::size_t column) {
    return std::uint32_t(stationary[plane % stationary.size()]) >> column * kTaps & ((1U << kTaps) - 1);
}

template <class Estimate>
PlannedColumns plan(const MeshRules& rules, const PlaneBits& stationary, std::size_t planes, const Estimate& estimate) {
    PlannedColumns planned;
    planned.planes = planes;
    ColumnMap map(rules.map);
    const auto add = [&](int pe, std::size_t row, std::uint32_t taps) {
        if (taps != 0 || !rules.drop_empty) {
            planned.of_pe[std::size_t(pe)].push_back({std::uint32_t(row), taps});
        }
    };
    for (std::size_t plane = 0; plane < planes; ++plane) {
        if (rules.one_pe) {
            add(0, plane * kPlaneTaps, stationary[plane % stationary.size()]);
            continue;
        }
        const ColumnMap::Pes pes = map.next({estimate(plane, 0), estimate(plane, 1), estimate(plane, 2)});
        for (std::size_t column = 0; column < std::size_t(kColumns); ++column) {
            add(pes[column], plane * kPlaneTaps + column * kTaps, taps_of(stationary, plane, column));
        }
    }
    return planned;
}

}  // namespace

std::size_t windows_of(const Geometry& geometry, const CoreTask& task) {
    return geometry.mapping() == Mapping::fully_connected ? task.neurons.size() : geometry.windows(task.part);
}

std::size_t outputs_of(const Geometry& geometry, const CoreTask& task) {
    return windows_of(geometry, task) * (geometry.mapping() == Mapping::depthwise ? task.part.size() : 1);
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
    for (int lane = 0; lane < geometry.rows(); ++lane) {
        const Range part = geometry.part(tile, lane);
        for (std::size_t place = places.begin; place < places.end && part.size() > 0; ++place) {
            const int core = lane * geometry.columns() + int(place - places.begin);
            tasks.push_back({core, order[place], {}, part});
        }
    }
    return tasks;
}

PlannedColumns plan_columns(const MeshRules& rules, const PlaneBits& stationary, std::size_t planes) {
    return plan(rules, stationary, planes, [&](std::size_t plane, std::size_t column) {
        return std::uint64_t(std::popcount(taps_of(stationary, plane, column)));
    });
}

PlannedColumns plan_columns(const MeshRules& rules, const PlaneBits& stationary, std::size_t planes,
                            const BitRows& moving) {
    return plan(rules, stationary, planes, [&](std::size_t plane, std::size_t column) {
        const std::size_t row = plane * kPlaneTaps + column * kTaps;
        return bits_in(moving.row(row), kTaps * moving.words());
    });
}

}  // namespace nonzero::phantom
