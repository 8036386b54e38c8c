#pragma once
// The layers of a study with the source of their data. Everything that can be refused before the work is refused here.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "study/coverage.h"
#include "study/given_layer.h"
#include "study/machine.h"
#include "study/spec.h"
#include "workloads/hashed_operands.h"
#include "workloads/import.h"
#include "workloads/pooling.h"
#include "workloads/quantised_network.h"

namespace nonzero {

struct PlannedLayer {
    Layer layer;
    Mask mask = Mask::uniform;
    double weight_density = 0;  // of a network; scaled and clipped. A data set has its own
    double activation_density = 0;
    // Of structured weights: the position among the network's layers with weights, and where weights are kept.
    std::uint32_t index = 0;
    std::optional<WeightPlaces> places;
    const GivenLayer* given = nullptr;  // tensors of one's own
    const RealLayer* real = nullptr;    // data set
    const RealPhoto* photo = nullptr;
    std::optional<Pooling> pooling;  // of the pool layer behind it, with compressed outputs
    std::string pooled_by;           // its name
};

struct Workload {
    std::string network;  // as given; of a data set alone: its title
    std::vector<PlannedLayer> layers;
    bool named_layers = false;  // else some may be left out
    Coverage coverage;
    std::vector<std::string> left_out_without_data;  // layers of the network that the tensors lack, of all kinds

    bool generated() const { return tensors == nullptr; }
    std::unique_ptr<RealNetwork> tensors;
    std::unique_ptr<QuantisedNetwork> whole;  // of the data set run as one network: `layers` are all of its, in order
    std::vector<Mask> masks;
    std::uint64_t seed = 1;
    int operand_bits = 16;                 // that generated values fit: of the narrowest machine
    std::optional<double> weight_density;  // for every layer
    std::optional<double> activation_density;
    double density_scale = 1;
    std::optional<double> weight_density_scale;  // besides
    std::optional<double> activation_density_scale;
    std::string pattern;  // of structured weights
    OutputChoice output = OutputChoice::compressed;
};

// What is handed out as a whole: a layer, or the layers of a network one after another.
struct Task {
    std::size_t first = 0;
    std::size_t layers = 1;
};
std::vector<Task> tasks_of(const Workload& workload);

// Throws InputError for everything that cannot be run. Gives the machines the widths that the data need.
Workload plan_workload(const WorkloadSpec& spec, std::vector<PlannedMachine>& machines);
// Of tensors of one's own, which have to outlive it; the machines' widths stay.
Workload plan_workload(const std::vector<GivenLayer>& layers, const std::vector<PlannedMachine>& machines);

}  // namespace nonzero
