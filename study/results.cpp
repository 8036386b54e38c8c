#include "study/results.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/statistics.h"
#include "study/version.h"
#include "study/workload_facts.h"

namespace nonzero {

namespace {

constexpr int kSchema = 1;

nlohmann::ordered_json checks_json(const std::vector<Check>& checks) {
    auto json = nlohmann::ordered_json::object();
    for (const Check& check : checks) {
        json[check.name] = !check.skipped.empty() ? "not done: " + check.skipped : check.passed ? "passed" : "failed";
    }
    return json;
}

nlohmann::ordered_json pairs_json(const std::vector<std::pair<std::string, std::uint64_t>>& pairs) {
    auto json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : pairs) {
        json[name] = value;
    }
    return json;
}

void add_setup(nlohmann::ordered_json& json, const LayerResult& layer) {
    auto& cycles = json["setup_cycles"];  // null where it is not known
    if (layer.setup_cycles) {
        cycles = *layer.setup_cycles;
    }
}

// Nothing where the platform prices nothing.
void add_energy(nlohmann::ordered_json& json, const LayerResult& layer) {
    if (layer.energy.empty()) {
        return;
    }
    auto& components = json["energy_pj"] = nlohmann::ordered_json::object();
    auto estimates = nlohmann::ordered_json::array();
    for (const ComponentCost& cost : layer.energy) {
        components[cost.component] = cost.value;
        if (cost.estimate) {
            estimates.push_back(cost.component);
        }
    }
    json["energy_sum_pj"] = layer.energy_sum();
    json["energy_estimates"] = std::move(estimates);
}

void add_balance(nlohmann::ordered_json& json, const LayerResult& layer) {
    if (layer.balance) {
        json["uneven_work_cycles"] = {{"imbalance", layer.balance->imbalance}, {"barrier", layer.balance->barrier}};
    }
}

// Adds the numbers of one layer to those of the layers before, name by name.
void accumulate(std::vector<std::pair<std::string, std::uint64_t>>& sums,
                const std::vector<std::pair<std::string, std::uint64_t>>& more) {
    sums.resize(more.size());
    for (std::size_t index = 0; index < more.size(); ++index) {
        sums[index].first = more[index].first;
        sums[index].second += more[index].second;
    }
}

}  // namespace

nlohmann::ordered_json results_preamble() {
    return {{"schema", kSchema}, {"tool", tool_version()}};
}

nlohmann::ordered_json results_header(const Workload& workload, const PlannedRun& run) {
    nlohmann::ordered_json header;
    header["memory"] = {{"bandwidth_gb_per_s", run.dram.bytes_per_ns},
                        {"latency_ns", run.dram.latency / sc_core::sc_time(1, sc_core::SC_NS)}};
    header["energy_table"] = {{"title", run.energy.title()}, {"node", run.energy.node()}};
    header["workload"] = describe_workload(workload);
    header["workload"]["values"] = run.values;
    return header;
}

nlohmann::ordered_json machine_header(const PlannedMachine& machine) {
    nlohmann::ordered_json header;
    header["platform"] = machine.kind->name;
    header["parameters"] = machine.parameters->table.to_json();
    const AreaTable table = AreaTable::builtin();
    auto& area = header["area_mm2"] = nlohmann::ordered_json::object();
    double sum = 0;
    auto estimates = nlohmann::ordered_json::array();
    for (const ComponentCost& part : table.area(machine.report.area)) {
        area[part.component] = part.value;
        sum += part.value;
        if (part.estimate) {
            estimates.push_back(part.component);
        }
    }
    if (!area.empty()) {
        area["sum"] = sum;
        area["node"] = table.node();
        area["estimates"] = std::move(estimates);
    }
    auto& structure = header["structure"] = nlohmann::ordered_json::object();
    for (const auto& [name, count] : machine.report.structure) {
        structure[name] = count;
    }
    return header;
}

Results::Results(nlohmann::ordered_json header, const PlatformReport& report, bool all_counters, Coverage coverage,
                 JsonValue network)
    : header_(std::move(header)),
      report_(report),
      all_counters_(all_counters),
      coverage_(std::move(coverage)),
      network_(std::move(network)) {}

void Results::add(std::size_t position, const LayerResult& layer) {
    layers_.insert_or_assign(position, layer);
}

nlohmann::ordered_json Results::layer_json(const LayerResult& layer) const {
    nlohmann::ordered_json json;
    json["name"] = layer.name;
    json.update(*layer.facts);
    json["cycles"] = layer.cycles;
    json["other_cycles"] = pairs_json(layer.other_cycles);
    add_setup(json, layer);
    json["products"] = layer.products;
    json["useful_products"] = layer.useful_products;
    json["utilisation"] = layer.utilisation(report_.multipliers);
    json["overflows"] = layer.overflows;
    json["output_bytes"] = layer.output_bytes;
    json["cycles_by_cause"] = pairs_json(layer.cycles_by_cause);
    json["traffic"] = pairs_json(layer.traffic);
    add_energy(json, layer);
    add_balance(json, layer);
    if (all_counters_) {
        json.update(nonzero::to_json(layer.all_counters));
    } else {
        for (const auto& [name, counter] : layer.counters) {
            auto& entry = json["counters"][name];
            entry = {{"kind", counter.kind}};
            const bool maximum = counter.kind == to_string(CounterKind::maximum);
            if (!maximum) {
                entry["sum"] = counter.sum;
            }
            if (counter.instances > 1 || maximum) {
                entry["instances"] = counter.instances;
                entry["smallest"] = counter.smallest;
                entry["largest"] = counter.largest;
            }
        }
    }
    json["checks"] = checks_json(layer.checks);
    return json;
}

LayerResult Results::total() const {
    return total([](std::size_t) { return true; });
}

LayerResult Results::total(const std::function<bool(std::size_t)>& counts) const {
    LayerResult sum;
    for (const auto& [position, layer] : layers_) {
        if (!counts(position)) {
            continue;
        }
        sum.cycles += layer.cycles;
        if (sum.setup_cycles && layer.setup_cycles) {
            *sum.setup_cycles += *layer.setup_cycles;
        } else {
            sum.setup_cycles.reset();
        }
        sum.dense_macs += layer.dense_macs;
        sum.products += layer.products;
        sum.useful_products += layer.useful_products;
        sum.overflows += layer.overflows;
        accumulate(sum.cycles_by_cause, layer.cycles_by_cause);
        accumulate(sum.traffic, layer.traffic);
        accumulate(sum.other_cycles, layer.other_cycles);
        if (layer.balance) {
            sum.balance = {sum.balance.value_or(Balance{}).imbalance + layer.balance->imbalance,
                           sum.balance.value_or(Balance{}).barrier + layer.balance->barrier};
        }
        sum.energy.resize(layer.energy.size());
        for (std::size_t index = 0; index < layer.energy.size(); ++index) {
            sum.energy[index].component = layer.energy[index].component;
            sum.energy[index].value += layer.energy[index].value;
            sum.energy[index].estimate |= layer.energy[index].estimate;
        }
    }
    return sum;
}

nlohmann::ordered_json Results::totals() const {
    const LayerResult sum = total();
    nlohmann::ordered_json json;
    json["layers"] = layers_.size();
    json["dense_macs"] = sum.dense_macs;
    json["macs_share"] = coverage_.share(sum.dense_macs);
    json["left_out"] = coverage_.to_json();
    json["cycles"] = sum.cycles;
    json["other_cycles"] = pairs_json(sum.other_cycles);
    add_setup(json, sum);
    json["products"] = sum.products;
    json["useful_products"] = sum.useful_products;
    json["utilisation"] = sum.utilisation(report_.multipliers);
    json["overflows"] = sum.overflows;
    json["cycles_by_cause"] = pairs_json(sum.cycles_by_cause);
    json["traffic"] = pairs_json(sum.traffic);
    add_energy(json, sum);
    add_balance(json, sum);
    return json;
}

nlohmann::ordered_json Results::body() const {
    nlohmann::ordered_json json;
    json["units"] = report_.units;
    json["multipliers"] = report_.multipliers;
    json["layers"] = nlohmann::ordered_json::array();
    for (const auto& [position, layer] : layers_) {
        json["layers"].push_back(layer_json(layer));
    }
    json["totals"] = totals();
    if (!network_->is_null()) {
        json["network"] = network();
        json["schedule"] = schedule();
    }
    return json;
}

nlohmann::ordered_json Results::network() const {
    nlohmann::ordered_json json = *network_;
    auto& output = json["output"];  // null until the last layer has run
    if (json["layers"] == layers_.size()) {
        output = {{"layer", layers_.rbegin()->second.name}, {"sha256", network_sha256()}};
    }
    return json;
}

std::string Results::network_sha256() const {
    return layers_.rbegin()->second.facts->at("output").at("sha256");
}

nlohmann::ordered_json Results::schedule() const {
    auto json = nlohmann::ordered_json::array();
    std::uint64_t cycle = 0;
    for (const auto& [position, layer] : layers_) {
        json.push_back({{"layer", layer.name},
                        {"core", (*network_)["cores"].front()},
                        {"begin_cycle", cycle},
                        {"end_cycle", cycle + layer.cycles}});
        cycle += layer.cycles;
    }
    return json;
}

nlohmann::ordered_json Results::to_json(bool complete) const {
    nlohmann::ordered_json json = results_preamble();
    json.update(*header_);
    json["complete"] = complete;
    json.update(body());
    return json;
}

nlohmann::ordered_json Results::host_times() const {
    nlohmann::ordered_json json = results_preamble();
    json["layers"] = nlohmann::ordered_json::array();
    HostTimes sum;
    const auto entry = [](const HostTimes& host) {
        return nlohmann::ordered_json{{"wall_seconds", host.wall_seconds},
                                      {"cpu_seconds", host.cpu_seconds},
                                      {"simulation_seconds", host.simulation_seconds}};
    };
    for (const auto& [position, layer] : layers_) {
        nlohmann::ordered_json times{{"name", layer.name}};
        times.update(entry(layer.host));
        json["layers"].push_back(times);
        sum.wall_seconds += layer.host.wall_seconds;
        sum.cpu_seconds += layer.host.cpu_seconds;
        sum.simulation_seconds += layer.host.simulation_seconds;
    }
    json["totals"] = entry(sum);
    return json;
}

std::string to_text(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace nonzero
