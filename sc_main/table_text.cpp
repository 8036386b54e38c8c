#include "sc_main/table_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "study/idle_planes.h"
#include "study/layer_data.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr int kGeneratedBits = 9;  // that activations of up to 255 need

}  // namespace

std::string data_line(const Workload& workload, bool values) {
    std::vector<std::string> masks;
    for (const Mask mask : workload.masks) {
        masks.emplace_back(to_string(mask));
    }
    const std::string origin = !workload.pattern.empty() ? workload.pattern + " matrices"
                               : workload.generated()    ? std::string("generated data")
                                                         : "data of " + shown_text(workload.tensors->directory());
    const char* const what = workload.pattern.empty() ? "non-zeros" : "weights";
    const std::string seed = !workload.pattern.empty() || workload.masks == std::vector{Mask::real}
                                 ? std::string()
                                 : fmt::format(", seed {}", workload.seed);
    const bool narrowed = workload.masks != std::vector{Mask::real} && workload.operand_bits < kGeneratedBits;
    const std::string width = narrowed ? fmt::format(", values of {} bits", workload.operand_bits) : std::string();
    const std::string output =
        !values          ? "no values"
        : workload.whole ? std::string("one network from its input on, outputs requantised by the data's scales")
        : workload.output == OutputChoice::raw64
            ? std::string("output raw64 (the accumulators)")
            : fmt::format("output compressed (ReLU, multiplier 2^30 and a right shift per layer, {} bits)",
                          std::min(kOutputBits, workload.operand_bits));
    return fmt::format("{}, {} {}{}{}; {}", origin, fmt::join(masks, " and "), what, seed, width, output);
}

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
                                 const PlannedRun& run) {
    if (run.values && workload.output == OutputChoice::compressed) {
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

std::string idle_planes_lines(const Workload& workload, const std::vector<PlannedMachine>& machines) {
    std::string text;
    for (const PlannedMachine& machine : machines) {
        const Layer* worst = nullptr;
        std::size_t layers = 0;
        for (const PlannedLayer& planned : workload.layers) {
            const int idle = plane_idle_units(machine, planned.layer);
            if (idle == 0 || planned.mask != workload.masks.front()) {
                continue;
            }
            ++layers;
            if (worst == nullptr || idle > plane_idle_units(machine, *worst)) {
                worst = &planned.layer;
            }
        }
        if (worst != nullptr) {
            // Only what could be a product or a batch.
            const bool product = worst->KH == 1 && worst->KW == 1 && worst->batch == 1;
            text += fmt::format("{}: the plane of layer {}{} leaves {} of {} PEs without work{}\n", machine.kind->name,
                                quoted_name(worst->name),
                                layers == 1 ? std::string() : fmt::format(", the worst of {} such layers,", layers),
                                plane_idle_units(machine, *worst), machine.report.units,
                                product ? "; write a matrix product as a matmul and several inputs as a batch" : "");
        }
    }
    return text;
}

}  // namespace nonzero
