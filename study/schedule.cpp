#include "study/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/opu/public_forms.h"
#include "models/opu/split.h"
#include "study/schedule_machine.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr std::uint64_t most_images = 1'000'000;
constexpr std::size_t most_split_layers = 100;
constexpr std::int64_t compiler_multipliers = 1024;

// All networks as one list.
struct Works {
    std::vector<opu::LayerWork> works;
    std::vector<std::size_t> network;  // of each
    std::vector<std::size_t> layer;    // within it
};

Works joined(const std::vector<NetworkWork>& networks) {
    Works all;
    for (std::size_t n = 0; n < networks.size(); ++n) {
        for (std::size_t layer = 0; layer < networks[n].works.size(); ++layer) {
            all.works.push_back(networks[n].works[layer]);
            all.network.push_back(n);
            all.layer.push_back(layer);
        }
    }
    return all;
}

std::vector<opu::LayerPart> whole_layers(const std::vector<opu::LayerWork>& works) {
    std::vector<opu::LayerPart> parts;
    for (std::size_t layer = 0; layer < works.size(); ++layer) {
        parts.push_back({layer, 0, works[layer].rows});
    }
    return parts;
}

void check_images(std::uint64_t images) {
    if (images < 1 || images > most_images) {
        throw InputError(fmt::format("{}: {} is outside 1 .. {}", field_name("images"), images, most_images));
    }
}

void check_layers(const ScheduleSpec& spec, std::size_t layers) {
    if (layers > most_scheduled_layers) {
        throw InputError(fmt::format("{}: {} layers with weights together; at most {} can be scheduled",
                                     field_name("network"), layers, most_scheduled_layers));
    }
    if (spec.split && layers > most_split_layers) {
        throw InputError(fmt::format("{}: {} layers with weights; at most {} are searched for cuts",
                                     field_name("split"), layers, most_split_layers));
    }
}

std::vector<NetworkWork> load(const ScheduleSpec& spec, const opu::OpuParameters& machine) {
    if (spec.tensors.empty() == spec.networks.empty()) {
        throw InputError(fmt::format("give either {} or {}", field_name("network"), field_name("tensors")));
    }
    return spec.tensors.empty() ? load_works(spec.networks, machine)
                                : std::vector<NetworkWork>{load_tensor_works(spec.tensors, machine)};
}

void fill_layers(Schedule& schedule, const std::vector<NetworkWork>& networks, const Works& all,
                 const std::vector<opu::LayerPart>& parts, const opu::LayerTimes& times, double unit) {
    for (std::size_t n = 0; n < parts.size(); ++n) {
        const opu::LayerPart& part = parts[n];
        const NetworkWork& network = networks[all.network[part.layer]];
        ScheduledLayer layer;
        layer.network = network.name;
        layer.name = network.layers[all.layer[part.layer]];
        layer.kind = network.kinds[all.layer[part.layer]];
        layer.first_row = part.first_row;
        layer.rows = part.rows;
        layer.whole = part.rows == all.works[part.layer].rows;
        layer.bytes = times.bytes[n];
        for (std::size_t core = 0; core < schedule.cores.size(); ++core) {
            layer.cycles.push_back(double(times.core[core][n]) / unit);
        }
        schedule.layers.push_back(std::move(layer));
    }
}

void fill_groups(Schedule& schedule, const opu::LayerTimes& times, const std::vector<opu::Group>& groups, double unit) {
    for (const opu::Group& group : groups) {
        ScheduledGroup found;
        found.core = std::size_t(group.core);
        found.first = group.begin;
        found.last = group.end - 1;
        found.cycles = double(group_time(times, group)) / unit;
        for (std::size_t layer = group.begin; layer < group.end; ++layer) {
            found.bytes += times.bytes[layer];
        }
        schedule.groups.push_back(found);
    }
}

// Slot s has group s of the first image and group s - 1 of the second. A core that is alone gives one after the other.
void fill_slots(Schedule& schedule, const opu::LayerTimes& times, opu::Dram dram, const std::vector<opu::Group>& groups,
                double unit) {
    double begin = 0;
    for (std::size_t s = 0; s <= groups.size(); ++s) {
        ScheduledSlot slot;
        slot.begin = begin;
        std::size_t longest = s < groups.size() ? s : s - 1;
        if (s < groups.size()) {
            slot.first_image = s;
        }
        if (s > 0) {
            slot.second_image = s - 1;
        }
        slot.cycles = schedule.groups[longest].cycles;
        if (s > 0 && s < groups.size()) {
            if (schedule.groups[s - 1].cycles > schedule.groups[s].cycles) {
                longest = s - 1;
            }
            slot.cycles = double(slot_time(times, dram, groups[s], groups[s - 1])) / unit;
        }
        const bool by_core = slot.cycles == schedule.groups[longest].cycles;
        slot.limit = by_core ? schedule.cores[schedule.groups[longest].core].name : "DRAM";
        begin += slot.cycles;
        schedule.slots.push_back(std::move(slot));
    }
}

void fill_times(Schedule& schedule, const opu::LayerTimes& times, opu::Dram dram, const std::vector<opu::Group>& groups,
                double unit) {
    const std::int64_t pair = pair_time(times, dram, groups);
    if (pair > std::numeric_limits<std::int64_t>::max() / std::int64_t(schedule.images)) {
        throw InputError(fmt::format("{}: {} of these networks take longer than can be added up", field_name("images"),
                                     schedule.images));
    }
    schedule.pair_cycles = double(pair) / unit;
    schedule.cycles = double(images_time(times, dram, groups, schedule.images)) / unit;
    schedule.image_cycles = double(image_time(times, groups)) / unit;
    schedule.steady_cycles = double(steady_time(times, dram, groups)) / unit;
    fill_groups(schedule, times, groups, unit);
    fill_slots(schedule, times, dram, groups, unit);
}

void plan_pair(Schedule& schedule, const std::vector<NetworkWork>& networks, const Works& all,
               const opu::OpuParameters& machine, bool split) {
    const std::vector<opu::CoreShape> shapes = machine.core_shapes();
    const double unit = machine.bandwidth;
    opu::PairScheduler scheduler;
    std::vector<opu::LayerPart> parts = whole_layers(all.works);
    opu::LayerTimes times = part_times(all.works, parts, shapes.front(), shapes.back(), machine.form());
    std::int64_t pair = scheduler.solve(times, machine.dram);
    std::vector<opu::Group> groups = scheduler.groups();

    std::vector<int> preferred;
    for (const opu::LayerWork& work : all.works) {
        preferred.push_back(work.depthwise ? 1 : 0);
    }
    const std::vector<opu::Group> by_hand = heuristic_groups(times, machine.dram, preferred);
    schedule.heuristic_cycles = double(pair_time(times, machine.dram, by_hand)) / unit;
    schedule.heuristic_groups = by_hand.size();

    if (split) {
        schedule.whole_layer_cycles = double(pair) / unit;
        opu::SplitSchedule found =
            split_schedule(all.works, shapes.front(), shapes.back(), machine.form(), machine.dram);
        parts = std::move(found.parts);
        times = std::move(found.times);
        groups = std::move(found.groups);
    }
    fill_layers(schedule, networks, all, parts, times, unit);
    fill_times(schedule, times, machine.dram, groups, unit);
}

void plan_single(Schedule& schedule, const std::vector<NetworkWork>& networks, const Works& all,
                 const opu::OpuParameters& machine) {
    const opu::CoreShape shape = machine.core_shapes().front();
    const std::vector<opu::LayerPart> parts = whole_layers(all.works);
    const opu::LayerTimes times = part_times(all.works, parts, shape, shape, machine.form());
    fill_layers(schedule, networks, all, parts, times, machine.bandwidth);
    fill_times(schedule, times, opu::Dram::own, {{0, parts.size(), 0}}, machine.bandwidth);
}

// A core of its own, whose shape and memory no parameter changes.
void plan_compiler(Schedule& schedule, const std::vector<NetworkWork>& networks, const Works& all,
                   const ScheduleMachine& machine) {
    if (machine.name != "single_opu") {
        throw InputError(fmt::format("{} opu_compiler: has a single core of {} multipliers; schedule single_opu by it",
                                     field_name("timing"), compiler_multipliers));
    }
    for (const ParameterRow& row : machine.table.rows()) {
        if (machine.table.is_given(row.name) && row.name != "clock.period_ps") {
            throw InputError(fmt::format("{} opu_compiler: {} has no part in it; clock.period_ps alone has",
                                         field_name("timing"), row.name));
        }
    }
    opu::LayerTimes times;
    for (std::size_t n = 0; n < all.works.size(); ++n) {
        const std::int64_t cycles = opu::compiler_cycles(all.works[n]);
        if (cycles == std::numeric_limits<std::int64_t>::max()) {
            throw InputError(fmt::format("{} opu_compiler: layer {}: no tile of it fits half of the feature buffer",
                                         field_name("timing"),
                                         quoted_name(networks[all.network[n]].layers[all.layer[n]])));
        }
        times.core[0].push_back(cycles);
        times.bytes.push_back(0);  // its words are in the cycles of the tiles
    }
    schedule.cores = {{"opu_compiler", compiler_multipliers}};
    const std::vector<opu::LayerPart> parts = whole_layers(all.works);
    fill_layers(schedule, networks, all, parts, times, 1);
    fill_times(schedule, times, opu::Dram::own, {{0, parts.size(), 0}}, 1);
}

}  // namespace

const char* to_string(ScheduleTiming timing) {
    switch (timing) {
        case ScheduleTiming::closed:
            return "closed";
        case ScheduleTiming::opu_compiler:
            return "opu_compiler";
        case ScheduleTiming::opu_sim:
            return "opu_sim";
        case ScheduleTiming::event:
            break;
    }
    return "event";
}

Schedule plan_schedule(const ScheduleSpec& spec) {
    check_images(spec.images);
    const std::unique_ptr<ScheduleMachine> machine = plan_schedule_machine(spec.machine);
    const opu::OpuParameters& values = machine->values;
    if (spec.timing == ScheduleTiming::event) {
        throw InputError(fmt::format("{} event: the machines are not simulated yet; closed and opu_compiler are there",
                                     field_name("timing")));
    }
    if (spec.timing == ScheduleTiming::opu_sim) {
        throw InputError(fmt::format(
            "{} opu_sim: has cycles of single phases, none of a layer or a network; closed and opu_compiler are there",
            field_name("timing")));
    }
    if (spec.split && values.cores == opu::Cores::single) {
        throw InputError(
            fmt::format("{}: a single core shares no layer; schedule a machine of two cores", field_name("split")));
    }
    const std::vector<NetworkWork> networks = load(spec, values);
    const Works all = joined(networks);
    check_layers(spec, all.works.size());

    Schedule schedule;
    schedule.machine = machine->name;
    schedule.parameters = machine->table.to_json();
    schedule.timing = spec.timing;
    schedule.clock_period_ps = values.clock_period_ps;
    schedule.shared_dram = values.cores != opu::Cores::single && values.dram == opu::Dram::shared;
    schedule.images = spec.images;
    for (const NetworkWork& network : networks) {
        schedule.networks.push_back({network.name, network.works.size(), network.macs()});
    }
    for (const opu::CoreShape& shape : values.core_shapes()) {
        schedule.cores.push_back({to_string(shape), shape.multipliers()});
    }
    try {
        if (spec.timing == ScheduleTiming::opu_compiler) {
            plan_compiler(schedule, networks, all, *machine);
        } else if (values.cores == opu::Cores::single) {
            plan_single(schedule, networks, all, values);
        } else {
            plan_pair(schedule, networks, all, values, spec.split);
        }
    } catch (const std::overflow_error& error) {
        throw InputError(fmt::format("{}: {}", field_name("network"), error.what()));
    }
    return schedule;
}

}  // namespace nonzero
