#include "sc_main/energy_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nonzero {

std::string energy_shares(std::vector<ComponentCost> parts) {
    double sum = 0;
    for (const ComponentCost& part : parts) {
        sum += part.value;
    }
    std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.value > b.value; });
    std::vector<std::string> texts;
    texts.reserve(parts.size());
    for (const ComponentCost& part : parts) {
        texts.push_back(fmt::format("{}{} {:.1f} %", part.component, part.estimate ? "*" : "",
                                    100 * part.value / std::max(sum, 1e-9)));
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

std::string energy_source(const EnergyTable& table) {
    return fmt::format("counters x {} ({}); * rests on an estimate (docs/energy.md)", table.title(), table.node());
}

std::string unknown_outputs_line(const std::vector<PlannedMachine>& machines, const Workload& workload,
                                 const SimulationOptions& simulation) {
    if (simulation.values && workload.output == OutputChoice::compressed) {
        return "";
    }
    std::vector<std::string> names;
    for (const PlannedMachine& machine : machines) {
        if (machine.report.compresses_outputs) {
            names.push_back(machine.kind->name);
        }
    }
    return names.empty() ? ""
                         : fmt::format(
                               "energies of {} lack the true size of compressed outputs, which only a run with "
                               "values and compressed output knows\n",
                               fmt::join(names, ", "));
}

}  // namespace nonzero
