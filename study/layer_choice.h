#pragma once
// Which layers of a network, a data set or both a study runs, and which it leaves out and why.

#include <string>
#include <vector>

#include "study/coverage.h"
#include "study/machine.h"
#include "study/spec.h"
#include "workloads/import.h"
#include "workloads/network.h"

namespace nonzero {

struct ChosenLayer {
    const Layer* layer = nullptr;
    const RealLayer* real = nullptr;  // null for generated data
    std::uint32_t index = 0;          // among the layers with weights
};

struct LayerChoice {
    std::vector<ChosenLayer> layers;
    Coverage coverage;
    std::vector<std::string> without_data;  // layers of the network that the tensors lack, of all kinds
};

// Network or tensors may be null. Throws InputError where layers are named that cannot be run, or none can.
LayerChoice choose_layers(const WorkloadSpec& spec, const Network* network, const RealNetwork* tensors,
                          const std::vector<PlannedMachine>& machines);

}  // namespace nonzero
