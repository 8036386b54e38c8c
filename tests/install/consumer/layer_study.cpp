// Layers by one call each, as often as one likes; and why not beside modules of one's own.

#include <nonzero/platforms/platform.h>
#include <nonzero/study/layer_study.h>
#include <nonzero/workloads/error.h>

#include <iostream>
#include <string>
#include <systemc>

#include "check.h"

namespace {

std::string refusal_of(const nonzero::MachineSpec& machine, const nonzero::WorkloadSpec& workload) {
    try {
        nonzero::run_layers(machine, workload);
    } catch (const nonzero::InputError& error) {
        return error.what();
    }
    return {};
}

}  // namespace

int sc_main(int, char*[]) {
    nonzero::MachineSpec machine;
    machine.platform = "demm";
    nonzero::WorkloadSpec workload;
    workload.network = "alexnet";
    workload.layers = {"fc8"};
    nonzero::RunSpec counts;
    counts.values = false;
    const auto first = nonzero::run_layers(machine, workload, counts);
    const auto second = nonzero::run_layers(machine, workload, counts);
    expect_equal("layers", first.size(), 1);
    expect_equal("cycles of a second call", second.at(0).cycles, first.at(0).cycles);
    expect_equal("energy is known", first.at(0).energy_sum() > 0, true);

    workload.layers = {"fc9"};
    expect_equal("fields have their own names", refusal_of(machine, workload).rfind("layers: unknown layer 'fc9'", 0),
                 0);
    workload.layers.clear();
    const nonzero::Platform own("own", "demm");
    expect_equal("modules are in the way",
                 refusal_of(machine, workload).find("SystemC modules of its own") != std::string::npos, true);
    return failures;
}
