#include "study/layer_study.h"

#include <fmt/format.h>

#include "study/runner.h"
#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

class Collector : public RunObserver {
  public:
    explicit Collector(std::vector<LayerNumbers>& layers) : layers_(layers) {}
    void finished(std::size_t, const std::vector<LayerResult>&) override {}
    void in_order(std::size_t, const std::vector<LayerResult>& results) override { layers_.push_back(results.front()); }

  private:
    std::vector<LayerNumbers>& layers_;
};

// They would be copied into every process of the study and run there.
void check_process() {
    if (!sc_core::sc_get_top_level_objects().empty() || sc_core::sc_get_status() != sc_core::SC_ELABORATION) {
        throw InputError(
            "this process has SystemC modules of its own; run a study before they are built, or in another program");
    }
}

std::vector<LayerNumbers> run_all(const Workload& workload, const std::vector<PlannedMachine>& machines,
                                  const RunSpec& spec) {
    if (spec.traces.any()) {
        throw InputError("a study in processes of its own writes no traces; a Platform of yours does");
    }
    PlannedRun run = plan_run(spec, machines);
    run.outputs = true;
    run.own_processes = true;
    std::vector<LayerNumbers> layers;
    Collector collector(layers);
    Runner(workload, machines, run).run(collector);
    return layers;
}

std::vector<PlannedMachine> one_machine(const MachineSpec& spec) {
    check_process();
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine(spec));
    return machines;
}

}  // namespace

std::vector<LayerNumbers> run_layers(const MachineSpec& machine, const std::vector<GivenLayer>& layers,
                                     const RunSpec& run) {
    const std::vector<PlannedMachine> machines = one_machine(machine);
    return run_all(plan_workload(layers, machines), machines, run);
}

LayerNumbers run_layer(const MachineSpec& machine, const GivenLayer& layer, const RunSpec& run) {
    return std::move(run_layers(machine, std::vector{layer}, run).front());
}

std::vector<LayerNumbers> run_layers(const MachineSpec& machine, const WorkloadSpec& spec, const RunSpec& run) {
    std::vector<PlannedMachine> machines = one_machine(machine);
    const Workload workload = plan_workload(spec, machines);
    return run_all(workload, machines, run);
}

}  // namespace nonzero
