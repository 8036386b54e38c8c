#include "study/layer_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace nonzero {

namespace {

void add(CounterSummary& summary, std::uint64_t value) {
    summary.smallest = summary.instances == 0 ? value : std::min(summary.smallest, value);
    summary.largest = std::max(summary.largest, value);
    summary.sum += value;
    ++summary.instances;
}

void check_causes(const PlatformReport& report, LayerResult& result) {
    std::uint64_t sum = 0;
    for (const auto& [cause, cycles] : result.cycles_by_cause) {
        sum += cycles;
    }
    Check check{"cycles_by_cause"};
    const std::uint64_t expected = std::uint64_t(report.units) * result.cycles;
    if (sum != expected) {
        check.passed = false;
        check.problem = fmt::format("layer '{}': the cycles by cause add up to {}, not to {} units x {} cycles = {}",
                                    result.name, sum, report.units, result.cycles, expected);
    }
    result.checks.push_back(std::move(check));
}

// A tensor as [shape, bytes].
template <class T>
nlohmann::ordered_json packed(const Tensor<T>& tensor) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(tensor.data.data());
    return {tensor.shape, nlohmann::ordered_json::binary({bytes, bytes + tensor.size() * sizeof(T)})};
}

template <class T>
void unpack(const nlohmann::ordered_json& json, Tensor<T>& tensor) {
    json.at(0).get_to(tensor.shape);
    const auto& bytes = json.at(1).get_binary();
    tensor.data.resize(bytes.size() / sizeof(T));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(tensor.data.data()));
}

}  // namespace

bool LayerNumbers::passed() const {
    return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
}

double LayerNumbers::utilisation(int multipliers) const {
    return cycles == 0 ? 0 : double(useful_products) / (double(multipliers) * double(cycles));
}

double LayerNumbers::energy_sum() const {
    double sum = 0;
    for (const ComponentCost& cost : energy) {
        sum += cost.value;
    }
    return sum;
}

void collect_statistics(const Platform& platform, const PlatformReport& report, const EnergyTable& energy,
                        LayerResult& result) {
    for (const BlockStatistics& block : platform.statistics()) {
        for (const auto& counter : block.counters) {
            CounterSummary& summary = result.counters[block.name + "." + counter.name];
            summary.kind = counter.kind;
            for (const auto& instance : counter.instances) {
                add(summary, instance.value);
                result.all_counters.counters.emplace(instance.path + "." + counter.name, instance.value);
            }
        }
        for (const auto& histogram : block.histograms) {
            for (const auto& instance : histogram.instances) {
                result.all_counters.histograms.emplace(instance.path + "." + histogram.name, instance.value);
            }
        }
    }
    for (const auto& [cause, counter] : report.cycles_by_cause) {
        result.cycles_by_cause.emplace_back(cause, platform.statistic_sum(counter));
    }
    const auto sum_of = [&](const std::string& counter) {
        const auto found = result.counters.find(counter);
        if (found == result.counters.end()) {
            throw std::logic_error("the platform's report names no counter: " + counter);
        }
        return found->second.sum;
    };
    for (const auto& [place, counter] : report.traffic) {
        result.traffic.emplace_back(place, sum_of(counter));
    }
    for (const PlatformReport::CycleRule& rule : report.other_rules) {
        result.other_cycles.emplace_back(rule.name, (sum_of(rule.counter) + rule.divisor - 1) / rule.divisor);
    }
    result.energy = energy.energy(report.energy, sum_of);
    if (!report.unit_work.empty()) {
        const std::uint64_t barrier_time = sum_of(report.barrier_time);
        const CounterSummary& work = result.counters.at(report.unit_work);
        result.balance = Balance{double(work.largest) - double(work.sum) / double(work.instances),
                                 double(barrier_time) - double(work.largest)};
    }
    check_causes(report, result);
}

nlohmann::ordered_json to_json(const CounterInstances& instances) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : instances.counters) {
        json["counters"][name] = value;
    }
    for (const auto& [name, histogram] : instances.histograms) {
        auto& bins = json["histograms"][name];
        for (const auto& [value, times] : histogram) {
            bins.push_back({value, times});
        }
    }
    return json;
}

nlohmann::ordered_json to_message(const LayerResult& result) {
    nlohmann::ordered_json json;
    json["name"] = result.name;
    json["facts"] = *result.facts;
    json["numbers"] = {result.cycles,    result.products,     result.useful_products,
                       result.overflows, result.output_bytes, result.dense_macs};
    if (result.setup_cycles) {
        json["setup_cycles"] = *result.setup_cycles;
    }
    json["cycles_by_cause"] = result.cycles_by_cause;
    json["traffic"] = result.traffic;
    json["other_cycles"] = result.other_cycles;
    auto& energy = json["energy"] = nlohmann::ordered_json::array();
    for (const ComponentCost& cost : result.energy) {
        energy.push_back({cost.component, cost.value, cost.estimate});
    }
    if (result.balance) {
        json["balance"] = {result.balance->imbalance, result.balance->barrier};
    }
    auto& counters = json["counters"] = nlohmann::ordered_json::array();
    for (const auto& [name, counter] : result.counters) {
        counters.push_back({name, counter.kind, counter.instances, counter.sum, counter.smallest, counter.largest});
    }
    json["all_counters"] = {result.all_counters.counters, result.all_counters.histograms};
    auto& checks = json["checks"] = nlohmann::ordered_json::array();
    for (const Check& check : result.checks) {
        checks.push_back({check.name, check.passed, check.problem, check.skipped});
    }
    json["values"] = result.values;
    json["sums"] = packed(result.sums);
    json["output"] = packed(result.output);
    json["host"] = {result.host.wall_seconds, result.host.cpu_seconds, result.host.simulation_seconds};
    return json;
}

LayerResult from_message(const nlohmann::ordered_json& json) {
    LayerResult result;
    result.name = json.at("name");
    *result.facts = json.at("facts");
    const auto& numbers = json.at("numbers");
    result.cycles = numbers.at(0);
    result.products = numbers.at(1);
    result.useful_products = numbers.at(2);
    result.overflows = numbers.at(3);
    result.output_bytes = numbers.at(4);
    result.dense_macs = numbers.at(5);
    result.setup_cycles.reset();
    if (json.contains("setup_cycles")) {
        result.setup_cycles = json.at("setup_cycles").get<std::uint64_t>();
    }
    json.at("cycles_by_cause").get_to(result.cycles_by_cause);
    json.at("traffic").get_to(result.traffic);
    json.at("other_cycles").get_to(result.other_cycles);
    for (const auto& cost : json.at("energy")) {
        result.energy.push_back({cost.at(0), cost.at(1), cost.at(2)});
    }
    if (json.contains("balance")) {
        result.balance = Balance{json.at("balance").at(0), json.at("balance").at(1)};
    }
    for (const auto& counter : json.at("counters")) {
        result.counters[counter.at(0)] = {counter.at(1), counter.at(2), counter.at(3), counter.at(4), counter.at(5)};
    }
    json.at("all_counters").at(0).get_to(result.all_counters.counters);
    json.at("all_counters").at(1).get_to(result.all_counters.histograms);
    for (const auto& check : json.at("checks")) {
        result.checks.push_back({check.at(0), check.at(1), check.at(2), check.at(3)});
    }
    result.values = json.at("values");
    unpack(json.at("sums"), result.sums);
    unpack(json.at("output"), result.output);
    const auto& host = json.at("host");
    result.host = {host.at(0), host.at(1), host.at(2)};
    return result;
}

}  // namespace nonzero
