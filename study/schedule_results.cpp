// What a schedule says of itself: rates, JSON, timeline.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/trace/timeline_writer.h"
#include "study/results.h"
#include "study/schedule.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/file_descriptor.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

using nlohmann::ordered_json;

constexpr double picoseconds = 1e12;
constexpr std::uint64_t most_timeline_images = 1000;

ordered_json or_null(const std::optional<std::size_t>& index) {
    return index ? ordered_json(*index) : ordered_json();
}

ordered_json to_json(const ScheduledLayer& layer) {
    return {{"name", layer.name}, {"network", layer.network}, {"kind", layer.kind},   {"first_row", layer.first_row},
            {"rows", layer.rows}, {"whole", layer.whole},     {"bytes", layer.bytes}, {"cycles", layer.cycles}};
}

ordered_json totals_of(const Schedule& schedule) {
    ordered_json totals{{"cycles", schedule.cycles},
                        {"seconds", schedule.seconds()},
                        {"images_per_second", schedule.images_per_second()},
                        {"efficiency", schedule.efficiency()},
                        {"image_cycles", schedule.image_cycles},
                        {"pair_cycles", schedule.pair_cycles},
                        {"steady_pair_cycles", schedule.steady_cycles},
                        {"steady_images_per_second", schedule.steady_images_per_second()},
                        {"steady_efficiency", schedule.steady_efficiency()}};
    if (schedule.heuristic_cycles) {
        totals["heuristic_pair_cycles"] = *schedule.heuristic_cycles;
        totals["heuristic_groups"] = schedule.heuristic_groups;
    }
    if (schedule.whole_layer_cycles) {
        totals["whole_layer_pair_cycles"] = *schedule.whole_layer_cycles;
    }
    return totals;
}

// Femtoseconds of the schedule's cycles.
class Clock {
  public:
    explicit Clock(int period_ps) : femtoseconds_(1000.0 * period_ps) {}
    TimelineWriter::Ticks at(double cycles) const {
        return TimelineWriter::Ticks(std::llround(cycles * femtoseconds_));
    }

  private:
    double femtoseconds_;
};

}  // namespace

std::int64_t Schedule::multipliers() const {
    std::int64_t sum = 0;
    for (const ScheduledCore& core : cores) {
        sum += core.multipliers;
    }
    return sum;
}

std::int64_t Schedule::macs() const {
    std::int64_t sum = 0;
    for (const ScheduledNetwork& network : networks) {
        sum += network.macs;
    }
    return sum;
}

double Schedule::seconds() const {
    return cycles * clock_period_ps / picoseconds;
}

double Schedule::images_per_second() const {
    return double(images) / seconds();
}

double Schedule::steady_images_per_second() const {
    return 2 / (steady_cycles * clock_period_ps / picoseconds);
}

double Schedule::efficiency() const {
    return double(images) * double(macs()) / (cycles * double(multipliers()));
}

double Schedule::steady_efficiency() const {
    return 2 * double(macs()) / (steady_cycles * double(multipliers()));
}

std::string Schedule::layer_name(std::size_t layer) const {
    const ScheduledLayer& one = layers[layer];
    std::string name = networks.size() > 1 ? one.network + "/" + one.name : one.name;
    if (!one.whole) {
        name += fmt::format("[{}..{}]", one.first_row, one.first_row + one.rows - 1);
    }
    return name;
}

ordered_json to_json(const Schedule& schedule) {
    ordered_json json = results_preamble();
    json["machine"] = schedule.machine;
    json["parameters"] = *schedule.parameters;
    json["timing"] = to_string(schedule.timing);
    json["networks"] = ordered_json::array();
    for (const ScheduledNetwork& network : schedule.networks) {
        json["networks"].push_back({{"name", network.name}, {"layers", network.layers}, {"macs", network.macs}});
    }
    json["images"] = schedule.images;
    json["cores"] = ordered_json::array();
    for (const ScheduledCore& core : schedule.cores) {
        json["cores"].push_back({{"name", core.name}, {"multipliers", core.multipliers}});
    }
    json["multipliers"] = schedule.multipliers();
    json["complete"] = true;
    json["layers"] = ordered_json::array();
    for (const ScheduledLayer& layer : schedule.layers) {
        json["layers"].push_back(to_json(layer));
    }
    json["groups"] = ordered_json::array();
    for (const ScheduledGroup& group : schedule.groups) {
        json["groups"].push_back({{"core", group.core},
                                  {"first_layer", group.first},
                                  {"last_layer", group.last},
                                  {"cycles", group.cycles},
                                  {"bytes", group.bytes}});
    }
    json["slots"] = ordered_json::array();
    for (const ScheduledSlot& slot : schedule.slots) {
        json["slots"].push_back({{"begin", slot.begin},
                                 {"cycles", slot.cycles},
                                 {"first_image_group", or_null(slot.first_image)},
                                 {"second_image_group", or_null(slot.second_image)},
                                 {"limit", slot.limit}});
    }
    json["totals"] = totals_of(schedule);
    return json;
}

void check_timeline(const ScheduleSpec& spec, const std::string& file) {
    if (spec.images > most_timeline_images) {
        throw InputError(fmt::format("{}: of at most {} images, not of {}", field_name("timeline"),
                                     most_timeline_images, spec.images));
    }
    check_stream(file, fmt::format("{}: cannot write {}", field_name("timeline"), quoted_name(file)));
}

void write_timeline(const Schedule& schedule, const std::string& file) {
    const Clock clock(schedule.clock_period_ps);
    if (schedule.cycles * schedule.clock_period_ps * 1000.0 > 9e18) {
        throw InputError(
            fmt::format("{}: {:.3g} s are longer than a timeline can be", field_name("timeline"), schedule.seconds()));
    }
    TimelineWriter timeline(file, 1);
    const auto add_group = [&](std::uint64_t image, std::size_t index, double begin) {
        const ScheduledGroup& group = schedule.groups[index];
        for (std::size_t layer = group.first; layer <= group.last; ++layer) {
            const double end = begin + schedule.layers[layer].cycles[group.core];
            timeline.add({fmt::format("core {}: {}", group.core, schedule.cores[group.core].name),
                          fmt::format("image {}: {}", image, schedule.layer_name(layer)),
                          clock.at(begin),
                          clock.at(end),
                          {{"image", image}, {"group", index}, {"bytes", std::uint64_t(schedule.layers[layer].bytes)}}},
                         clock.at(begin));
            begin = end;
        }
    };
    double pair = 0;
    for (std::uint64_t image = 0; image < schedule.images; image += 2, pair += schedule.pair_cycles) {
        if (image + 1 == schedule.images) {  // alone
            double begin = pair;
            for (std::size_t group = 0; group < schedule.groups.size(); ++group) {
                add_group(image, group, begin);
                begin += schedule.groups[group].cycles;
            }
            break;
        }
        for (const ScheduledSlot& slot : schedule.slots) {
            if (slot.first_image) {
                add_group(image, *slot.first_image, pair + slot.begin);
            }
            if (slot.second_image) {
                add_group(image + 1, *slot.second_image, pair + slot.begin);
            }
        }
    }
    timeline.finish();
}

}  // namespace nonzero
