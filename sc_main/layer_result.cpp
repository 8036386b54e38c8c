#include "sc_main/layer_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace nonzero {

namespace {

// "pe_0_12.busy" -> "pe.busy"
std::string without_indices(const std::string& name) {
    std::string plain;
    for (std::size_t begin = 0; begin < name.size();) {
        const std::size_t dot = std::min(name.find('.', begin), name.size());
        std::size_t end = dot;
        while (dot != name.size()) {  // the last component is the counter's own name
            std::size_t digits = end;
            while (digits > begin && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) {
                --digits;
            }
            if (digits == end || digits < begin + 2 || name[digits - 1] != '_') {
                break;
            }
            end = digits - 1;
        }
        plain += name.substr(begin, end - begin) + (dot == name.size() ? "" : ".");
        begin = dot + 1;
    }
    return plain;
}

void add(CounterSummary& summary, const std::string& kind, std::uint64_t value) {
    summary.kind = kind;
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

}  // namespace

bool LayerResult::passed() const {
    return std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
}

double LayerResult::utilisation(int multipliers) const {
    return cycles == 0 ? 0 : double(useful_products) / (double(multipliers) * double(cycles));
}

void collect_statistics(const Platform& platform, const PlatformReport& report, LayerResult& result) {
    const auto json = nlohmann::ordered_json::parse(platform.statistics_json());
    const std::size_t own_name = std::string(platform.name()).size() + 1;
    for (const auto& [full_name, counter] : json.at("counters").items()) {
        const std::string name = full_name.substr(own_name);
        result.all_counters["counters"][name] = counter.at("value");
        add(result.counters[without_indices(name)], counter.at("kind"), counter.at("value"));
    }
    if (json.contains("histograms")) {
        for (const auto& [full_name, bins] : json.at("histograms").items()) {
            result.all_counters["histograms"][full_name.substr(own_name)] = bins;
        }
    }
    for (const auto& [cause, counter] : report.cycles_by_cause) {
        result.cycles_by_cause.emplace_back(cause, platform.statistic_sum(counter));
    }
    for (const auto& [place, counter] : report.traffic) {
        const auto found = result.counters.find(counter);
        if (found == result.counters.end()) {
            throw std::logic_error(fmt::format("traffic '{}' names no counter: {}", place, counter));
        }
        result.traffic.emplace_back(place, found->second.sum);
    }
    check_causes(report, result);
}

}  // namespace nonzero
