#include "sc_main/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "workloads/error.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr double kLargestScale = 1000;

// A layer that could be run, by its place in the network.
struct Candidate {
    const Layer* layer;
    const RealLayer* real;  // null for generated data
};

void check_combinations(const Options& options) {
    if (!options.has("network") && !options.has("tensors")) {
        throw InputError(
            "--network NAME or FILE.json, or --tensors DIR, is missing (`nonzero list networks` shows the built-in "
            "ones)");
    }
    for (const char* name : {"weight-density", "activation-density", "density-scale", "sparsity", "seed"}) {
        options.excludes(name, "tensors", "the data of the directory are used as they are");
    }
    options.needs("photo", {"tensors"});
}

bool same_shape(const Layer& a, const Layer& b) {
    return a.input_shape() == b.input_shape() && a.weight_shape() == b.weight_shape() &&
           a.output_shape() == b.output_shape() && a.stride_y == b.stride_y && a.stride_x == b.stride_x &&
           a.dilation_y == b.dilation_y && a.dilation_x == b.dilation_x && a.pad == b.pad && a.groups == b.groups;
}

std::string shape_text(const Layer& layer) {
    return fmt::format("{}x{}x{} to {}x{}x{} by {}x{}", layer.C, layer.H, layer.W, layer.K, layer.P(), layer.Q(),
                       layer.KH, layer.KW);
}

// The layers of the network, of the data set, or of both.
std::vector<Candidate> list_candidates(const Network* network, const RealNetwork* tensors) {
    std::vector<Candidate> candidates;
    if (network == nullptr) {
        for (const RealLayer& real : tensors->layers()) {
            candidates.push_back({&real.layer, &real});
        }
        return candidates;
    }
    for (const Layer* layer : network->weighted_layers(true)) {
        if (tensors == nullptr) {
            candidates.push_back({layer, nullptr});
            continue;
        }
        if (const RealLayer* real = tensors->find(layer->name)) {
            if (!same_shape(*layer, real->layer)) {
                throw InputError(
                    fmt::format("layer {}: is {} in network '{}' but {} in {}; leave --network out to run "
                                "the directory's own layers",
                                quoted_name(layer->name), shape_text(*layer), network->name, shape_text(real->layer),
                                tensors->directory()));
            }
            candidates.push_back({layer, real});
        }
    }
    if (candidates.empty() && tensors == nullptr) {
        throw InputError(fmt::format("network '{}' has no layer with weights", network->name));
    }
    if (candidates.empty()) {
        throw InputError(fmt::format("{} has none of the layers of network '{}'; leave --network out to run its own",
                                     tensors->directory(), network->name));
    }
    return candidates;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t comma = text.find(',', begin);
        parts.push_back(text.substr(begin, comma - begin));
        if (comma == std::string::npos) {
            return parts;
        }
        begin = comma + 1;
    }
}

std::vector<Candidate> named_layers(const std::vector<Candidate>& candidates, const Network* network,
                                    const std::string& names) {
    std::vector<std::string> wanted = split(names);
    std::vector<std::string> known;
    std::transform(candidates.begin(), candidates.end(), std::back_inserter(known),
                   [](const Candidate& candidate) { return candidate.layer->name; });
    for (const std::string& name : wanted) {
        if (std::count(wanted.begin(), wanted.end(), name) > 1) {
            throw InputError(fmt::format("--layers: {} is named twice", quoted_name(name)));
        }
        if (std::find(known.begin(), known.end(), name) != known.end()) {
            continue;
        }
        const Layer* other = network != nullptr ? network->find(name) : nullptr;
        if (other != nullptr && !other->has_weights()) {
            throw InputError(fmt::format("--layers: {} is a {} layer without weights; choose one with weights",
                                         quoted_name(name), to_string(other->kind)));
        }
        throw InputError(fmt::format("--layers: unknown layer {}: did you mean {}?", quoted_name(name),
                                     quoted_name(nearest_name(name, known))));
    }
    std::vector<Candidate> named;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(named), [&](const Candidate& candidate) {
        return std::find(wanted.begin(), wanted.end(), candidate.layer->name) != wanted.end();
    });
    return named;
}

// Without --layers: all but the stem that the platform runs; the others are recorded.
std::vector<Candidate> runnable_layers(const std::vector<Candidate>& candidates, const Lowering& lowering,
                                       Workload& workload) {
    std::vector<Candidate> runnable;
    std::string reason;
    for (const Candidate& candidate : candidates) {
        if (candidate.layer->stem) {
            workload.left_out_stem.push_back(candidate.layer->name);
            continue;
        }
        try {
            lowering.check(*candidate.layer);
            runnable.push_back(candidate);
        } catch (const InputError& error) {
            workload.left_out.push_back(candidate.layer->name);
            reason = error.what();
        }
    }
    if (runnable.empty()) {
        throw InputError(reason.empty() ? "nothing to run: every layer is part of the stem; name some with --layers"
                                        : "nothing to run: " + reason);
    }
    return runnable;
}

bool sets_parameter(const Options& options, const std::string& config_file, const std::string& name) {
    for (const auto& [setting, value] : options.assignments("set")) {
        if (setting == name) {
            return true;
        }
    }
    if (config_file.empty()) {
        return false;
    }
    std::ifstream file(config_file);
    const auto json = nlohmann::json::parse(file);  // make_parameters() has read it before
    std::string pointer = "/" + name;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return json.contains(name) || json.contains(nlohmann::json::json_pointer(pointer));
}

// The widths that the numbers of a data set need, unless the user chose some.
void derive_widths(Workload& workload, const Options& options, const PlatformParameters& parameters) {
    int operand_bits = 0;
    for (const RealLayer& real : workload.tensors->layers()) {
        operand_bits = std::max({operand_bits, real.weight_bits, real.activation_bits});
    }
    const int accumulator_bits = operand_bits <= 9 ? 32 : 48;
    const auto json = parameters.table.to_json();
    for (const auto& [name, bits] : {std::pair<std::string, int>{"operand.bits", operand_bits},
                                     std::pair<std::string, int>{"accumulator.bits", accumulator_bits}}) {
        if (json.contains(name) && !sets_parameter(options, workload.config_file, name)) {
            workload.settings.insert(workload.settings.begin(), {name, std::to_string(bits)});
            workload.derived_settings +=
                fmt::format("{}{} = {}", workload.derived_settings.empty() ? "" : ", ", name, bits);
        }
    }
}

double density_of(const Layer& layer, const std::optional<double>& given, const std::optional<double>& published,
                  double scale, const char* what) {
    if (!given && !published) {
        throw InputError(fmt::format("layer {}: no {} density is published for it; give --{}-density",
                                     quoted_name(layer.name), what, what));
    }
    return std::min(1.0, (given ? *given : *published) * scale);
}

const RealPhoto* photo_of(const RealLayer& real, const std::string& name) {
    if (name.empty()) {
        return &real.photos.front();
    }
    std::vector<std::string> names;
    for (const RealPhoto& photo : real.photos) {
        if (photo.name == name) {
            return &photo;
        }
        names.push_back(photo.name);
    }
    throw InputError(fmt::format("--photo: layer {} has no photo {}: did you mean {}? It has {}",
                                 quoted_name(real.layer.name), quoted_name(name),
                                 quoted_name(nearest_name(name, names)), fmt::join(names, ", ")));
}

}  // namespace

void add_workload_options(Options& options) {
    options.section("Workload");
    options.value("network", "NAME|FILE", "built-in network (see 'nonzero list networks') or JSON file");
    options.value("layers", "A,B,...",
                  "only these layers; else all with weights that the platform runs, without the stem");
    options.value("weight-density", "D", "fraction of non-zero weights of every layer, 0 .. 1; else as published");
    options.value("activation-density", "D", "the same of the layers' inputs");
    options.value("density-scale", "S", "multiplies all densities; what passes 1 becomes 1");
    options.value("sparsity", "PATTERN", "uniform (default) or correlated positions of the non-zeros");
    options.value("seed", "N", "of the generated data, default 1");
    options.value("tensors", "DIR", "real weights and inputs instead of generated ones; --network may be left out");
    options.value("photo", "NAME", "which input of --tensors, default the first");
    options.value("output", "FORMAT",
                  "compressed: ReLU, 8 bits, the machine's own format (default for generated data); raw64: the "
                  "accumulators (default with --tensors)");
    options.section("Platform");
    options.list("set", "NAME=VALUE", "a parameter (see 'nonzero params PLATFORM'); repeatable");
    options.value("config", "FILE", "parameters from a JSON file; --set comes after it");
}

Workload plan_workload(const Options& options, const PlatformKind& platform) {
    check_combinations(options);
    Workload workload;
    workload.weight_density = options.real("weight-density", 0, 1);
    workload.activation_density = options.real("activation-density", 0, 1);
    workload.density_scale = options.real("density-scale", 0, kLargestScale).value_or(1);
    workload.sparsity = options.choice("sparsity", {"uniform", "correlated"}) == "uniform"
                            ? SparsityPattern::uniform
                            : SparsityPattern::correlated;
    workload.seed = options.natural("seed").value_or(1);
    workload.config_file = options.text("config");
    workload.settings = options.assignments("set");
    const std::string output = options.choice("output", {"compressed", "raw64"});
    workload.output = (options.has("output") ? output == "raw64" : options.has("tensors")) ? OutputChoice::raw64
                                                                                           : OutputChoice::compressed;

    auto parameters = make_parameters(platform, workload.config_file, workload.settings);
    std::optional<Network> network;
    if (options.has("network")) {
        network = load_network(options.text("network"));
    }
    if (options.has("tensors")) {
        workload.tensors = std::make_unique<RealNetwork>(RealNetwork::open(options.text("tensors")));
        derive_widths(workload, options, *parameters);
        parameters = make_parameters(platform, workload.config_file, workload.settings);
    }
    workload.network = network ? options.text("network") : workload.tensors->title();

    const Network* shapes = network ? &*network : nullptr;
    std::vector<Candidate> chosen = list_candidates(shapes, workload.tensors.get());
    const auto lowering = platform.make_lowering(*parameters);
    if (options.has("layers")) {
        chosen = named_layers(chosen, shapes, options.text("layers"));
        for (const Candidate& candidate : chosen) {
            lowering->check(*candidate.layer);
        }
    } else {
        chosen = runnable_layers(chosen, *lowering, workload);
    }
    for (const Candidate& candidate : chosen) {
        PlannedLayer planned;
        planned.layer = *candidate.layer;
        if (candidate.real != nullptr) {
            planned.real = candidate.real;
            planned.photo = photo_of(*candidate.real, options.text("photo"));
        } else {
            planned.weight_density = density_of(planned.layer, workload.weight_density, planned.layer.weight_density,
                                                workload.density_scale, "weight");
            planned.activation_density =
                density_of(planned.layer, workload.activation_density, planned.layer.activation_density,
                           workload.density_scale, "activation");
        }
        workload.layers.push_back(std::move(planned));
    }
    return workload;
}

std::string left_out_line(const Workload& workload, const PlatformKind& platform) {
    std::vector<std::string> parts;
    if (!workload.left_out.empty()) {
        parts.push_back(fmt::format("{} cannot run {}", platform.name, fmt::join(workload.left_out, ", ")));
    }
    if (!workload.left_out_stem.empty()) {
        parts.push_back(fmt::format("{} of the stem only when named", fmt::join(workload.left_out_stem, ", ")));
    }
    return parts.empty() ? std::string() : fmt::format("left out: {}", fmt::join(parts, "; "));
}

nlohmann::ordered_json describe_workload(const Workload& workload) {
    nlohmann::ordered_json json;
    json["network"] = workload.network;
    json["data"] = workload.generated() ? "generated" : "tensors";
    if (workload.generated()) {
        json["sparsity"] = workload.sparsity == SparsityPattern::uniform ? "uniform" : "correlated";
        json["seed"] = workload.seed;
        if (workload.weight_density) {
            json["weight_density"] = *workload.weight_density;
        }
        if (workload.activation_density) {
            json["activation_density"] = *workload.activation_density;
        }
        json["density_scale"] = workload.density_scale;
    } else {
        json["tensors"] = workload.tensors->title();
        json["photo"] = workload.layers.front().photo->name;
    }
    json["left_out"] = workload.left_out;
    json["left_out_stem"] = workload.left_out_stem;
    return json;
}

const char* to_string(OutputChoice output) {
    return output == OutputChoice::raw64 ? "raw64" : "compressed";
}

}  // namespace nonzero
