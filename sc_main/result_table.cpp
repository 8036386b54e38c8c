#include "sc_main/result_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "sc_main/table_text.h"

namespace nonzero {

namespace {

const std::string kExcess = "_excess_entries";
const std::string kBeyondK = ".beyond_k";

std::vector<TextTable::Align> columns_of(const PlatformReport& report) {
    std::vector<TextTable::Align> columns(7 + report.cycles_by_cause.size(), TextTable::Align::right);
    columns.front() = TextTable::Align::left;
    columns.back() = TextTable::Align::left;
    return columns;
}

std::vector<std::string> header_of(const PlatformReport& report) {
    std::vector<std::string> header{"layer", "cycles", "products M", "useful %", "utilisation"};
    for (const auto& [cause, counter] : report.cycles_by_cause) {
        header.push_back(cause + " %");
    }
    header.emplace_back("energy uJ");
    header.emplace_back("values");
    return header;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? "-" : fmt::format("{:.1f}", 100.0 * double(part) / double(whole));
}

// "pe.iaram_excess_entries" -> "IARAM"
std::string memory_of(const std::string& counter) {
    std::string name = counter.substr(counter.rfind('.') + 1);
    name.resize(name.size() - kExcess.size());
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return name;
}

}  // namespace

ResultTable::ResultTable(const PlatformReport& report, const std::vector<std::string>& layer_names, Coverage coverage,
                         std::size_t width)
    : report_(report), coverage_(std::move(coverage)), table_(columns_of(report)) {
    table_.widen(header_of(report_));
    table_.widen({coverage_.total_name(), "1234567890", "123456.789"});
    for (const std::string& name : layer_names) {
        table_.widen({name});
    }
    table_.fit(width);
    for (const auto& [cause, counter] : report_.cycles_by_cause) {
        total_.cycles_by_cause.emplace_back(cause, 0);
    }
}

std::string ResultTable::header() {
    return table_.line(header_of(report_));
}

std::vector<std::string> ResultTable::cells(const LayerResult& layer, const std::string& values) const {
    std::vector<std::string> cells{
        layer.name, fmt::format("{}", layer.cycles), fmt::format("{:.3f}", double(layer.products) * 1e-6),
        percent(layer.useful_products, layer.products), fmt::format("{:.3f}", layer.utilisation(report_.multipliers))};
    for (const auto& [cause, cycles] : layer.cycles_by_cause) {
        cells.push_back(percent(cycles, std::uint64_t(report_.units) * layer.cycles));
    }
    cells.push_back(layer.energy.empty() ? "-" : fmt::format("{:.2f}", layer.energy_sum() * 1e-6));
    cells.push_back(values);
    return cells;
}

std::string ResultTable::row(const LayerResult& layer) {
    ++layers_;
    total_.cycles += layer.cycles;
    total_.products += layer.products;
    total_.useful_products += layer.useful_products;
    for (std::size_t cause = 0; cause < total_.cycles_by_cause.size(); ++cause) {
        total_.cycles_by_cause[cause].second += layer.cycles_by_cause[cause].second;
    }
    total_.energy.resize(layer.energy.size());
    for (std::size_t component = 0; component < layer.energy.size(); ++component) {
        total_.energy[component].component = layer.energy[component].component;
        total_.energy[component].value += layer.energy[component].value;
        total_.energy[component].estimate |= layer.energy[component].estimate;
    }
    if (layer.facts->contains("layout")) {
        ++layouts_[(*layer.facts)["layout"]["over_pes"].get<std::string>()];
    }
    note(layer);
    const auto values = std::find_if(layer.checks.begin(), layer.checks.end(),
                                     [](const Check& check) { return check.name == "values"; });
    const std::string verdict = values == layer.checks.end() ? "-" : values->passed ? "ok" : "DIFFER";
    return table_.line(cells(layer, verdict));
}

void ResultTable::note(const LayerResult& layer) {
    std::vector<std::string> parts;
    if (layer.overflows > 0) {
        parts.push_back(fmt::format("{} outputs overflow the accumulator and wrap", layer.overflows));
    }
    for (const auto& [name, counter] : layer.counters) {
        if (name.ends_with(kExcess) && counter.sum > 0) {
            parts.push_back(fmt::format("{} capacity passed by {} entries (worst instance {})", memory_of(name),
                                        counter.sum, counter.largest));
        }
        if (name.ends_with(kBeyondK) && counter.sum > 0) {
            parts.push_back(fmt::format("{} rows of tiles need more than k slots", counter.sum));
        }
    }
    if (!parts.empty()) {
        notes_.push_back(fmt::format("{}: {}", layer.name, fmt::join(parts, "; ")));
    }
}

std::string ResultTable::footer(const EnergyTable& energy) {
    std::string text;
    if (layers_ > 1) {
        LayerResult total = total_;
        total.name = coverage_.total_name();
        text += table_.line(cells(total, ""));
    }
    text += table_.rest() + coverage_.text();
    for (const std::string& note : notes_) {
        text += note + "\n";
    }
    std::vector<std::string> causes;
    for (const auto& [cause, cycles] : total_.cycles_by_cause) {
        causes.push_back(cause);
    }
    text += fmt::format(
        "\n"
        "cycles       of the layer, without set-up (what is on chip before the layer starts)\n"
        "products M   products that the multipliers computed, in millions\n"
        "useful %     of these, those of two non-zeros that land in an output\n"
        "utilisation  useful products / (multipliers x cycles), multipliers = {}\n"
        "shares       {}: of {} x cycles, by cause; they add up to 100 %\n"
        "values       every output compared with the reference: ok, DIFFER, - not computed\n",
        report_.multipliers, fmt::join(causes, ", "),
        report_.units == 1 ? std::string("1 unit") : fmt::format("{} units", report_.units));
    if (!layouts_.empty()) {
        std::vector<std::string> counts;
        for (const auto& [name, layers] : layouts_) {
            counts.push_back(fmt::format("{} of {}", name, layers));
        }
        text += fmt::format("layout       what of matrix products went over the PEs: {}\n", fmt::join(counts, ", "));
    }
    if (!total_.energy.empty()) {
        text += fmt::format("energy uJ    {}: {}\n", energy_source(energy), energy_shares(total_.energy));
    }
    return text;
}

}  // namespace nonzero
