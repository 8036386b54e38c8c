#pragma once
// Layers through a machine by one call, for programs without a command line. C++17-clean.
//
// A process can build SystemC modules once, so a call simulates in processes of its own (RunSpec::jobs of them) and its
// own process stays as it was: any number of calls may follow each other. For that it has to be called before the
// process has threads or SystemC modules of its own; with such modules it is refused by an InputError. (Who has a
// virtual platform puts a Platform into it, platforms/platform.h.)
//
// InputError for what cannot be run, naming the field or the layer; HostError for want of memory or processes. An
// output that differs from the reference is a failed check of its layer.

#include <vector>

#include "study/given_layer.h"
#include "study/layer_numbers.h"
#include "study/spec.h"

namespace nonzero {

// Layers with tensors of one's own, one after another from reset. Without RunSpec::values there are no outputs.
std::vector<LayerNumbers> run_layers(const MachineSpec& machine, const std::vector<GivenLayer>& layers,
                                     const RunSpec& run = {});
LayerNumbers run_layer(const MachineSpec& machine, const GivenLayer& layer, const RunSpec& run = {});

// The layers of a network or a data set, those that the machine runs.
std::vector<LayerNumbers> run_layers(const MachineSpec& machine, const WorkloadSpec& workload, const RunSpec& run = {});

}  // namespace nonzero
