#include "sc_main/idle_planes.h"

#include <fmt/format.h>

#include "workloads/quoted_name.h"

namespace nonzero {

int plane_idle_units(const PlannedMachine& machine, const Layer& layer) {
    const int idle = machine.lowering->idle_units(layer);
    return 2 * idle >= machine.report.units ? idle : 0;
}

void warn_of_idle_planes(const Workload& workload, const std::vector<PlannedMachine>& machines) {
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
            fmt::print(stderr, "{}: the plane of layer {}{} leaves {} of {} PEs without work{}\n", machine.kind->name,
                       quoted_name(worst->name),
                       layers == 1 ? std::string() : fmt::format(", the worst of {} such layers,", layers),
                       plane_idle_units(machine, *worst), machine.report.units,
                       product ? "; write a matrix product as a matmul and several inputs as a batch" : "");
        }
    }
}

}  // namespace nonzero
