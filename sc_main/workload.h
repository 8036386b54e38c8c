#pragma once
// What the commands work on: the layers of a network with the source of their data, and the machines, whose parameters
// follow from the data where the user leaves them open. Everything that can be refused before the work is refused here.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platforms/registry.h"
#include "sc_main/left_out.h"
#include "sc_main/masks.h"
#include "sc_main/options.h"
#include "workloads/import.h"
#include "workloads/pooling.h"
#include "workloads/sparsity.h"

namespace nonzero {

enum class OutputChoice { compressed, raw64 };
struct PlannedLayer {
    Layer layer;
    Mask mask = Mask::uniform;
    double weight_density = 0;  // of a network; scaled and clipped. A data set has its own
    double activation_density = 0;
    // With --nm: the position among the network's layers with weights, and where weights are kept.
    std::uint32_t index = 0;
    std::optional<WeightPlaces> places;
    const RealLayer* real = nullptr;  // data set
    const RealPhoto* photo = nullptr;
    std::optional<Pooling> pooling;  // of the pool layer behind it, with compressed outputs
    std::string pooled_by;           // its name
};

// A platform with its parameters.
struct PlannedMachine {
    const PlatformKind* kind = nullptr;
    std::string config_file;
    std::vector<std::pair<std::string, std::string>> settings;  // with those that follow from the data, in front
    std::string derived_settings;  // "operand.bits = 9, accumulator.bits = 32", empty where nothing follows
    std::unique_ptr<PlatformParameters> parameters;
    std::unique_ptr<Lowering> lowering;
    PlatformReport report;
};

struct Workload {
    std::string network;  // as given; of a data set alone: its title
    std::vector<PlannedLayer> layers;
    Coverage coverage;                               // without --layers some are left out
    std::vector<std::string> left_out_without_data;  // layers of the network that the tensors lack, of all kinds

    bool generated() const { return tensors == nullptr; }
    std::unique_ptr<RealNetwork> tensors;
    std::vector<Mask> masks;
    std::uint64_t seed = 1;
    int operand_bits = 16;                 // that generated values fit: of the narrowest machine
    std::optional<double> weight_density;  // for every layer
    std::optional<double> activation_density;
    double density_scale = 1;
    std::string pattern;  // as given with --nm
    OutputChoice output = OutputChoice::compressed;
};

void add_workload_options(Options& options);
PlannedMachine plan_machine(const std::string& platform, const std::string& config_file,
                            const std::vector<std::pair<std::string, std::string>>& settings);
// The options and the machine of a command with one platform.
void add_platform_options(Options& options);
std::vector<PlannedMachine> plan_single_machine(const Options& options);
// Throws InputError for everything that cannot be run. Gives the machines the widths that the data need.
Workload plan_workload(const Options& options, std::vector<PlannedMachine>& machines);
// Of a layer whose outputs are pooled: the layer that does it, its window, and what is stored.
nlohmann::ordered_json pooling_facts(const PlannedLayer& planned);
// What the results say of it.
nlohmann::ordered_json describe_workload(const Workload& workload);

const char* to_string(OutputChoice output);

}  // namespace nonzero
