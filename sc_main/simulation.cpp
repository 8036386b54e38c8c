#include "sc_main/simulation.h"

#include <fmt/format.h>

#include "sc_main/layer_run.h"
#include "sc_main/stopwatch.h"

namespace nonzero {

Simulation::Simulation(const Workload& workload, const std::vector<PlannedMachine>& machines,
                       const SimulationOptions& options)
    : workload_(workload), planned_(machines), options_(options) {
    for (std::size_t n = 0; n < machines.size(); ++n) {
        const PlannedMachine& machine = machines[n];
        PlatformOptions platform;
        if (n == 0) {
            platform = options.traces;
        }
        platform.config_file = machine.config_file;
        platform.parameters = machine.settings;
        // A single machine has its kind's plain name.
        const std::string name =
            machines.size() == 1 ? machine.kind->name : fmt::format("{}_{}", machine.kind->name, n);
        machines_.push_back(std::make_unique<Standalone>(
            name, machine.kind->name, platform, [this, n](Host&) { script(n); }, options.dram));
        turns_.push_back(std::make_unique<sc_core::sc_event>(fmt::format("turn_{}", n).c_str()));
    }
}

bool Simulation::run(LayerTasks& tasks) {
    tasks_ = &tasks;
    prepare_next();
    sc_core::sc_start();
    for (const auto& machine : machines_) {
        machine->check();
    }
    machines_.front()->platform.finish_traces();
    return !layer_;
}

void Simulation::prepare_next() {
    results_.clear();
    layer_ = tasks_->next();
    if (!layer_) {
        return;
    }
    const Stopwatch stopwatch;
    data_ = make_layer_data(workload_, workload_.layers[*layer_], options_.values);
    preparation_ = {stopwatch.wall(), stopwatch.cpu(), 0};
}

void Simulation::script(std::size_t machine) {
    const bool first = machine == 0;
    if (!first) {
        sc_core::wait(*turns_[machine]);
    }
    while (layer_) {
        run_layer_of(machine);
        const bool last = machine + 1 == machines_.size();
        if (last) {
            const std::size_t finished = *layer_;
            tasks_->deliver(finished, std::move(results_));
            prepare_next();
        }
        if (machines_.size() == 1) {
            continue;
        }
        turns_[last ? 0 : machine + 1]->notify(sc_core::SC_ZERO_TIME);
        sc_core::wait(*turns_[machine]);
    }
    // The others end too.
    if (machine + 1 < machines_.size()) {
        turns_[machine + 1]->notify(sc_core::SC_ZERO_TIME);
    }
}

void Simulation::run_layer_of(std::size_t machine) {
    const PlannedLayer& planned = workload_.layers[*layer_];
    Standalone& standalone = *machines_[machine];
    const Stopwatch stopwatch;
    std::optional<Expectation> expectation;
    if (options_.values) {
        expectation = expect(data_, workload_, planned, *standalone.lowering);
    }
    LayerResult result = run_layer(standalone, planned_[machine], options_.energy, planned, data_,
                                   expectation ? &*expectation : nullptr);
    result.host.wall_seconds = stopwatch.wall();
    result.host.cpu_seconds = stopwatch.cpu();
    if (machine == 0) {
        result.host.wall_seconds += preparation_.wall_seconds;
        result.host.cpu_seconds += preparation_.cpu_seconds;
    }
    results_.push_back(std::move(result));
}

}  // namespace nonzero
