#pragma once
// The machines that can be scheduled and the networks that they are given: dual-OPU's plan in closed form
// (docs/models/dual_opu.md). They are no platforms: nothing of them is simulated.

#include <memory>
#include <string>
#include <vector>

#include "models/opu/layer_work.h"
#include "models/opu/parameters.h"
#include "platforms/registry.h"
#include "study/spec.h"

namespace nonzero {

struct ScheduleMachineKind {
    std::string name;  // "dual_opu"
    std::string title;
    opu::OpuParameters (*defaults)();
};

const std::vector<ScheduleMachineKind>& schedule_machines();
bool is_schedule_machine(const std::string& name);
// As find_platform(), for what is simulated: says of one of these machines that it is not.
const PlatformKind& find_simulated_platform(const std::string& name);

// Parameters with the table over them.
struct ScheduleMachine {
    std::string name;
    opu::OpuParameters values;
    ParameterTable table;
};

// Throws InputError for an unknown machine (with the nearest name) and for parameters that cannot be.
std::unique_ptr<ScheduleMachine> plan_schedule_machine(const MachineSpec& spec);
// Of the search of shapes, which has no platform and no shapes.
std::unique_ptr<ScheduleMachine> plan_tuned_machine(const MachineSpec& spec);

struct NetworkWork {
    std::string name;
    std::vector<std::string> layers;  // with weights
    std::vector<std::string> kinds;
    std::vector<opu::LayerWork> works;

    std::int64_t macs() const;
};

// Built-in names and JSON files. InputError for a network without layers with weights, for one with layers that no core
// runs, and for layers that take too long to be added up on that machine.
std::vector<NetworkWork> load_works(const std::vector<std::string>& networks, const opu::OpuParameters& machine);
// The layers of a directory of real tensors, by their shapes alone.
NetworkWork load_tensor_works(const std::string& directory, const opu::OpuParameters& machine);

// More layers than that are refused: the schedule looks at all pairs of a group's first and last layer.
inline constexpr std::size_t most_scheduled_layers = 1000;

}  // namespace nonzero
