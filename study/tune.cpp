#include "study/tune.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "models/opu/tuner.h"
#include "study/results.h"
#include "study/schedule_machine.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

using nlohmann::ordered_json;

// More layers would make each of the many schedules slow.
constexpr std::size_t most_layers = 300;

std::vector<std::vector<opu::LayerWork>> works_of(const std::vector<NetworkWork>& networks) {
    std::vector<std::vector<opu::LayerWork>> works;
    for (const NetworkWork& network : networks) {
        if (network.works.size() > most_layers) {
            throw InputError(fmt::format("network {}: has {} layers with weights; at most {} are tuned for",
                                         quoted_name(network.name), network.works.size(), most_layers));
        }
        works.push_back(network.works);
    }
    return works;
}

TunedShape shape_of(const opu::Candidate& candidate, const opu::Tuner& tuner, const opu::OpuParameters& machine) {
    const double hertz = 1e12 / machine.clock_period_ps;
    TunedShape shape;
    shape.name = to_string(candidate.regular) + "+" + to_string(candidate.depthwise);
    shape.dsps = candidate.area.dsps;
    shape.luts = candidate.area.luts;
    shape.bram36 = candidate.area.bram36;
    shape.images_per_second = tuner.mean_rate(candidate.times, hertz);
    for (const std::int64_t time : candidate.times) {
        shape.of_networks.push_back(tuner.mean_rate({time}, hertz));
        shape.pair_cycles.push_back(double(time) / machine.bandwidth);
    }
    return shape;
}

// The least of what it lacks.
std::string smallest_need(const opu::Device& device) {
    const opu::ShapeSpace space;
    const opu::CoreShape regular{opu::CoreKind::regular, space.regular_pes_first, space.regular_widths.front()};
    const opu::CoreShape depthwise{opu::CoreKind::depthwise, space.depthwise_pes_first, space.window};
    const opu::Area area = area_of({regular, depthwise}, device);
    return fmt::format("the smallest, {}+{}, takes {} DSPs and {} LUTs", to_string(regular), to_string(depthwise),
                       area.dsps, area.luts);
}

ordered_json to_json(const TunedShape& shape) {
    return {{"shape", shape.name},
            {"dsps", shape.dsps},
            {"luts", shape.luts},
            {"bram36", shape.bram36},
            {"images_per_second", shape.images_per_second},
            {"images_per_second_of_networks", shape.of_networks},
            {"pair_cycles", shape.pair_cycles}};
}

ordered_json to_json(const DeviceFile& device) {
    ordered_json json{{"name", device.name}, {"title", device.title}, {"node", device.node}};
    json["entries"] = ordered_json::array();
    for (const DeviceEntry& entry : device.entries) {
        json["entries"].push_back(
            {{"name", entry.name}, {"value", entry.value}, {"estimate", entry.estimate}, {"source", entry.source}});
    }
    return json;
}

}  // namespace

Tuning tune(const TuneSpec& spec) {
    if (spec.networks.empty()) {
        throw InputError(fmt::format("{}: name at least one network", field_name("networks")));
    }
    const std::unique_ptr<ScheduleMachine> machine = plan_tuned_machine(spec.machine);
    Tuning tuning;
    tuning.device = load_device(spec.device);
    tuning.parameters = machine->table.to_json();
    tuning.shared_dram = machine->values.dram == opu::Dram::shared;
    const std::vector<NetworkWork> networks = load_works(spec.networks, machine->values);
    for (const NetworkWork& network : networks) {
        tuning.networks.push_back(network.name);
    }
    try {
        opu::Tuner tuner(works_of(networks), machine->values.form(), machine->values.dram, tuning.device.device);
        const opu::Tuner::Result found = tuner.search();
        tuning.shapes = found.shapes;
        tuning.fitting = found.feasible;
        tuning.evaluated = found.evaluated;
        tuning.best = shape_of(found.best, tuner, machine->values);
        // Few bounds say that a smaller shape is the better one, so all are evaluated.
        std::vector<opu::Candidate> all = tuner.candidates();
        for (opu::Candidate& candidate : all) {
            tuner.evaluate(candidate);
        }
        for (const opu::Candidate& candidate : opu::Tuner::pareto(all)) {
            tuning.front.push_back(shape_of(candidate, tuner, machine->values));
        }
    } catch (const std::domain_error&) {
        const opu::Device& device = tuning.device.device;
        throw InputError(fmt::format("device {}: has {} DSPs and {} LUTs, too few for any shape; {}",
                                     shown_text(tuning.device.name), device.dsps, device.luts, smallest_need(device)));
    } catch (const std::overflow_error& error) {
        throw InputError(fmt::format("{}: {}", field_name("networks"), error.what()));
    }
    return tuning;
}

ordered_json to_json(const Tuning& tuning) {
    ordered_json json = results_preamble();
    json["device"] = to_json(tuning.device);
    json["parameters"] = *tuning.parameters;
    json["networks"] = tuning.networks;
    json["complete"] = true;
    json["best"] = to_json(tuning.best);
    json["search"] = {{"shapes", tuning.shapes},
                      {"fitting", tuning.fitting},
                      {"evaluated", tuning.evaluated},
                      {"ruled_out", tuning.fitting - tuning.evaluated}};
    json["front"] = ordered_json::array();
    for (const TunedShape& shape : tuning.front) {
        json["front"].push_back(to_json(shape));
    }
    return json;
}

}  // namespace nonzero
