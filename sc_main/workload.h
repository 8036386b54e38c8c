#pragma once
// What `run` and `pack` work on: the layers of a network with the source of their data, and the platform's parameters,
// which follow from the data where the user leaves them open. Everything that can be refused before the work is refused
// here.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platforms/registry.h"
#include "sc_main/options.h"
#include "workloads/import.h"
#include "workloads/sparsity.h"

namespace nonzero {

enum class OutputChoice { compressed, raw64 };

struct PlannedLayer {
    Layer layer;
    double weight_density = 0;  // generated data; scaled and clipped
    double activation_density = 0;
    const RealLayer* real = nullptr;  // data set
    const RealPhoto* photo = nullptr;
};

struct Workload {
    std::string network;  // as given; of a data set alone: its title
    std::vector<PlannedLayer> layers;
    // Without --layers: what is not run, as the platform cannot, or as part of the stem.
    std::vector<std::string> left_out;
    std::vector<std::string> left_out_stem;

    std::string config_file;
    std::vector<std::pair<std::string, std::string>> settings;  // with those that follow from the data, in front
    std::string derived_settings;  // "operand.bits = 9, accumulator.bits = 32", empty where nothing follows

    bool generated() const { return tensors == nullptr; }
    std::unique_ptr<RealNetwork> tensors;
    SparsityPattern sparsity = SparsityPattern::uniform;
    std::uint64_t seed = 1;
    std::optional<double> weight_density;  // for every layer
    std::optional<double> activation_density;
    double density_scale = 1;
    OutputChoice output = OutputChoice::compressed;
};

void add_workload_options(Options& options);
// Throws InputError for everything that cannot be run.
Workload plan_workload(const Options& options, const PlatformKind& platform);
// "left out: …", empty when nothing is.
std::string left_out_line(const Workload& workload, const PlatformKind& platform);
// What the results say of it.
nlohmann::ordered_json describe_workload(const Workload& workload);

const char* to_string(OutputChoice output);

}  // namespace nonzero
