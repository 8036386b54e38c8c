#include "sc_main/compare_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sc_main/table_text.h"

namespace nonzero {

namespace {

using Align = TextTable::Align;

std::string ratio(double value) {
    return fmt::format("{:.3f}", value);
}

std::string speed_up(std::uint64_t baseline, std::uint64_t cycles) {
    return cycles == 0 ? "-" : ratio(double(baseline) / double(cycles));
}

// Columns behind the layer's: machine, cycles, one speed-up per rule of the baseline, utilisation, energy, energy
// ratio, area, values.
std::vector<std::string> header_of(const PlannedMachine& baseline, bool several_masks, int equal_multipliers) {
    std::vector<std::string> header{"layer"};
    if (several_masks) {
        header.emplace_back("mask");
    }
    header.insert(header.end(), {"machine", "cycles", "x " + baseline.kind->name});
    for (const auto& rule : baseline.report.other_rules) {
        header.push_back(fmt::format("x {} {}", baseline.kind->name, rule.name));
    }
    if (equal_multipliers != 0) {
        header.push_back(fmt::format("scaled to {}", equal_multipliers));
    }
    header.insert(header.end(), {"utilisation", "energy uJ", fmt::format("/ {}", baseline.kind->name), "values"});
    return header;
}

std::vector<Align> alignment(std::size_t columns, bool several_masks) {
    std::vector<Align> align(columns, Align::right);
    const std::size_t texts = several_masks ? 3 : 2;
    std::fill_n(align.begin(), texts, Align::left);
    align.back() = Align::left;
    return align;
}

std::string verdict(const LayerResult& result) {
    const auto found = std::find_if(result.checks.begin(), result.checks.end(),
                                    [](const Check& check) { return check.name == "values"; });
    return found == result.checks.end() ? "" : found->passed ? "ok" : "DIFFER";
}

}  // namespace

CompareTable::CompareTable(const Workload& workload, const std::vector<PlannedMachine>& machines, std::size_t baseline,
                           int equal_multipliers, std::size_t width)
    : workload_(workload),
      machines_(machines),
      baseline_(baseline),
      equal_multipliers_(equal_multipliers),
      several_masks_(workload.masks.size() > 1),
      table_(alignment(header_of(machines[baseline], several_masks_, equal_multipliers).size(), several_masks_),
             several_masks_ ? 3 : 2) {
    const auto header = header_of(machines_[baseline_], several_masks_, equal_multipliers_);
    table_.widen(header);
    std::vector<std::string> widest(header.size());
    const std::size_t machine_column = several_masks_ ? 2 : 1;
    if (several_masks_) {
        widest[1] = to_string(Mask::correlated);
    }
    widest[machine_column + 1] = "1234567890";
    widest[0] = workload.coverage.total_name();
    table_.widen(widest);
    for (const PlannedLayer& planned : workload.layers) {
        widest[0] = planned.layer.name;
        table_.widen(widest);
    }
    for (const PlannedMachine& machine : machines_) {
        widest[machine_column] = machine.kind->name;
        table_.widen(widest);
        for (const auto& rule : machine.report.other_rules) {
            widest[machine_column] = machine.kind->name + " " + rule.name;
            table_.widen(widest);
        }
    }
    table_.fit(width);
}

std::string CompareTable::header() {
    return table_.line(header_of(machines_[baseline_], several_masks_, equal_multipliers_));
}

std::vector<std::string> CompareTable::first_cells(const std::string& layer, Mask mask) const {
    std::vector<std::string> cells{layer};
    if (several_masks_) {
        cells.emplace_back(to_string(mask));
    }
    return cells;
}

std::string CompareTable::lines(const std::vector<std::string>& first, const std::vector<LayerResult>& results) {
    const LayerResult& baseline = results[baseline_];
    std::vector<std::uint64_t> baselines{baseline.cycles};
    for (const auto& [rule, cycles] : baseline.other_cycles) {
        baselines.push_back(cycles);
    }
    std::string text;
    std::vector<std::string> lead = first;
    const auto add = [&](const std::string& machine, std::uint64_t cycles, int multipliers,
                         const std::vector<std::string>& rest) {
        std::vector<std::string> cells = lead;
        cells.push_back(machine);
        cells.push_back(fmt::format("{}", cycles));
        for (const std::uint64_t other : baselines) {
            cells.push_back(speed_up(other, cycles));
        }
        if (equal_multipliers_ != 0) {
            cells.push_back(multipliers == equal_multipliers_
                                ? "="
                                : fmt::format("{:.0f}", double(cycles) * multipliers / equal_multipliers_));
        }
        cells.insert(cells.end(), rest.begin(), rest.end());
        text += table_.line(cells);
        std::fill(lead.begin(), lead.end(), std::string());
    };
    for (std::size_t n = 0; n < results.size(); ++n) {
        const LayerResult& result = results[n];
        const PlannedMachine& machine = machines_[n];
        const bool priced = !result.energy.empty();
        add(machine.kind->name, result.cycles, machine.report.multipliers,
            {ratio(result.utilisation(machine.report.multipliers)),
             priced ? fmt::format("{:.2f}", result.energy_sum() * 1e-6) : "-",
             priced && baseline.energy_sum() > 0 ? ratio(result.energy_sum() / baseline.energy_sum()) : "-",
             verdict(result)});
        for (const auto& [rule, cycles] : result.other_cycles) {
            add(fmt::format("{} {}", machine.kind->name, rule), cycles, machine.report.multipliers, {"", "", "", ""});
        }
    }
    return text;
}

std::string CompareTable::rows(const PlannedLayer& planned, const std::vector<LayerResult>& results) {
    return lines(first_cells(planned.layer.name, planned.mask), results);
}

std::string CompareTable::total_rows(Mask mask, const std::vector<LayerResult>& totals) {
    return lines(first_cells(workload_.coverage.total_name(), mask), totals);
}

std::string CompareTable::footer(const EnergyTable& energy, const std::vector<LayerResult>& totals) const {
    const PlannedMachine& baseline = machines_[baseline_];
    const std::string& name = baseline.kind->name;
    std::string text = fmt::format(
        "\n"
        "x {0:<10}  cycles of {0} / cycles: how much faster than the baseline, cycle for cycle\n"
        "/ {0:<10}  energy / energy of {0}\n"
        "utilisation   useful products / (multipliers x cycles)\n"
        "energy uJ     {1}\n",
        name, energy_source(energy));
    if (equal_multipliers_ != 0) {
        text +=
            fmt::format("scaled        cycles x multipliers / {0}; = where the machine has {0}\n", equal_multipliers_);
    }
    for (std::size_t n = 0; n < machines_.size(); ++n) {
        const PlannedMachine& machine = machines_[n];
        text += fmt::format("{}: {}; {} multipliers\n", machine.kind->name, machine.kind->title,
                            machine.report.multipliers);
        if (!totals[n].energy.empty()) {
            text += fmt::format("{} energy: {}\n", machine.kind->name, energy_shares(totals[n].energy));
        }
        for (const auto& rule : machine.report.other_rules) {
            text += fmt::format("{} {}: {}\n", machine.kind->name, rule.name, rule.meaning);
        }
    }
    return text;
}

std::string balance_text(const std::vector<PlannedMachine>& machines, const std::vector<Mask>& masks,
                         const std::vector<std::vector<LayerResult>>& totals) {
    TextTable table({Align::left, Align::left, Align::right, Align::right, Align::right, Align::right});
    std::vector<std::vector<std::string>> rows{
        {"machine", "mask", "cycles", "x first mask", "imbalance %", "barrier %"}};
    for (std::size_t machine = 0; machine < machines.size(); ++machine) {
        for (std::size_t mask = 0; mask < masks.size(); ++mask) {
            const LayerResult& total = totals[mask][machine];
            if (!total.balance) {
                continue;
            }
            const auto share = [&](double cycles) {
                return fmt::format("{:.1f}", 100 * cycles / std::max<double>(1, double(total.cycles)));
            };
            rows.push_back({machines[machine].kind->name, to_string(masks[mask]), fmt::format("{}", total.cycles),
                            ratio(double(total.cycles) / double(std::max<std::uint64_t>(1, totals[0][machine].cycles))),
                            share(total.balance->imbalance), share(total.balance->barrier)});
        }
    }
    if (rows.size() == 1) {
        return {};
    }
    std::string text =
        "\nWhat uneven work of the units costs, as a share of the cycles. imbalance: the unit with the most work of a "
        "layer over the mean; barrier: what waiting for the slowest in every output-channel group adds to that.\n";
    for (const auto& row : rows) {
        table.widen(row);
    }
    for (const auto& row : rows) {
        text += table.line(row);
    }
    return text;
}

}  // namespace nonzero
