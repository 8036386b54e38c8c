#include "sc_main/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

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
    const RealLayer* real;    // null for generated data
    std::uint32_t index = 0;  // among the layers with weights
};

void check_combinations(const Options& options) {
    if (!options.has("network") && !options.has("tensors")) {
        throw InputError(
            "--network NAME or FILE.json, or --tensors DIR, is missing (`nonzero list networks` shows the built-in "
            "ones)");
    }
    for (const char* name : {"weight-density", "activation-density", "density-scale"}) {
        options.excludes(name, "tensors", "the data of the directory have their own densities");
    }
    options.needs("photo", {"tensors"});
    options.needs("nm", {"network"});
    options.needs("matrix", {"nm"});
    for (const char* name : {"tensors", "weight-density", "activation-density", "density-scale", "sparsity", "seed"}) {
        options.excludes("nm", name, "a pattern's matrix follows from the pattern alone");
    }
    options.excludes("layers", "kinds", "--layers names what is run");
    options.excludes("layers", "stem", "--layers names what is run");
}

bool same_shape(const Layer& a, const Layer& b) {
    return a.input_shape() == b.input_shape() && a.weight_shape() == b.weight_shape() &&
           a.output_shape() == b.output_shape() && a.stride_y == b.stride_y && a.stride_x == b.stride_x &&
           a.dilation_y == b.dilation_y && a.dilation_x == b.dilation_x && a.pad == b.pad && a.groups == b.groups &&
           a.batch == b.batch;
}

std::string shape_text(const Layer& layer) {
    return fmt::format("{}x{}x{} to {}x{}x{} by {}x{}", layer.C, layer.H, layer.W, layer.K, layer.P(), layer.Q(),
                       layer.KH, layer.KW);
}

// The layers of the network, of the data set, or of both.
// without_data: the network's layers that the tensors lack.
std::vector<Candidate> list_candidates(const Network* network, const RealNetwork* tensors,
                                       std::vector<const Layer*>& without_data) {
    std::vector<Candidate> candidates;
    if (network == nullptr) {
        for (const RealLayer& real : tensors->layers()) {
            candidates.push_back({&real.layer, &real});
        }
        return candidates;
    }
    std::uint32_t index = 0;
    for (const Layer* layer : network->weighted_layers(true)) {
        if (tensors == nullptr) {
            candidates.push_back({layer, nullptr, index++});
            continue;
        }
        if (const RealLayer* real = tensors->find(layer->name)) {
            if (!same_shape(*layer, real->layer)) {
                throw InputError(
                    fmt::format("layer {}: is {} in network {} but {} in {}; leave --network out to run "
                                "the directory's own layers",
                                quoted_name(layer->name), shape_text(*layer), quoted_name(network->name),
                                shape_text(real->layer), shown_text(tensors->directory())));
            }
            candidates.push_back({layer, real});
        } else {
            without_data.push_back(layer);
        }
    }
    if (candidates.empty()) {
        throw InputError(
            tensors == nullptr
                ? fmt::format("network {} has no layer with weights", quoted_name(network->name))
                : fmt::format("{} has none of the layers of network {}; leave --network out to run its own",
                              shown_text(tensors->directory()), quoted_name(network->name)));
    }
    return candidates;
}

std::vector<Candidate> named_layers(const std::vector<Candidate>& candidates, const Network* network,
                                    const std::string& names) {
    const std::vector<std::string> wanted = split_list(names);
    std::vector<std::string> known;
    std::transform(candidates.begin(), candidates.end(), std::back_inserter(known),
                   [](const Candidate& candidate) { return candidate.layer->name; });
    const std::unordered_set<std::string> runnable(known.begin(), known.end());
    std::unordered_set<std::string> chosen;
    for (const std::string& name : wanted) {
        if (!chosen.insert(name).second) {
            throw InputError(fmt::format("--layers: {} is named twice", quoted_name(name)));
        }
        if (runnable.contains(name)) {
            continue;
        }
        const Layer* other = network != nullptr ? network->find(name) : nullptr;
        if (other != nullptr && !other->has_weights()) {
            throw InputError(fmt::format("--layers: {} is a {} layer without weights; choose one with weights",
                                         quoted_name(name), to_string(other->kind)));
        }
        if (other != nullptr) {
            throw InputError(fmt::format("--layers: there are no tensors for {}; there are some for {} and others",
                                         quoted_name(name), quoted_name(known.front())));
        }
        throw InputError(fmt::format("--layers: unknown layer {}{}", quoted_name(name), did_you_mean(name, known)));
    }
    std::vector<Candidate> named;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(named),
                 [&](const Candidate& candidate) { return chosen.contains(candidate.layer->name); });
    return named;
}

std::vector<LayerKind> read_kinds(const Options& options) {
    std::vector<LayerKind> all;
    std::copy_if(layer_kinds.begin(), layer_kinds.end(), std::back_inserter(all),
                 [](LayerKind kind) { return has_weights(kind); });
    if (!options.has("kinds")) {
        return all;
    }
    std::vector<LayerKind> kinds;
    for (const std::string& name : split_list(options.text("kinds"))) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](LayerKind kind) { return to_string(kind) == name; });
        if (found == all.end()) {
            std::vector<std::string> names;
            std::transform(all.begin(), all.end(), std::back_inserter(names),
                           [](LayerKind kind) { return to_string(kind); });
            throw InputError(fmt::format("--kinds: unknown kind {}{}", quoted_name(name), did_you_mean(name, names)));
        }
        kinds.push_back(*found);
    }
    return kinds;
}

void check_for_all(const Layer& layer, const std::vector<PlannedMachine>& machines) {
    for (const PlannedMachine& machine : machines) {
        machine.lowering->check(layer);
    }
}

// Why not all of the platforms run the layer, by those that refuse it; empty where all run it.
std::string refusal_of(const Layer& layer, const std::vector<PlannedMachine>& machines) {
    std::vector<std::string> reasons;
    for (const PlannedMachine& machine : machines) {
        try {
            machine.lowering->check(layer);
        } catch (const InputError& error) {
            const std::string reason = left_out_layer(layer, error.what()).reason;
            const std::string& name = machine.kind->name;
            const bool told = machines.size() == 1 || reason.find(name) != std::string::npos;
            reasons.push_back(told ? reason : name + ": " + reason);
        }
    }
    return fmt::format("{}", fmt::join(reasons, "; "));
}

// Without --layers: what every platform runs, of the kinds asked for; the others are recorded.
std::vector<Candidate> runnable_layers(const std::vector<Candidate>& candidates,
                                       const std::vector<const Layer*>& without_data,
                                       const std::vector<PlannedMachine>& machines, const Options& options,
                                       std::vector<LeftOutLayer>& left_out) {
    const std::vector<LayerKind> kinds = read_kinds(options);
    const auto asked_for = [&](const Layer& layer) {
        return std::find(kinds.begin(), kinds.end(), layer.kind) != kinds.end();
    };
    std::vector<Candidate> runnable;
    for (const Candidate& candidate : candidates) {
        const Layer& layer = *candidate.layer;
        if (!asked_for(layer)) {
            continue;
        }
        if (layer.activation_by_activation) {
            left_out.push_back(left_out_layer(layer, LeftOutCause::activation_by_activation));
        } else if (layer.stem && !options.has("stem")) {
            left_out.push_back(left_out_layer(layer, LeftOutCause::stem));
        } else if (const std::string refusal = refusal_of(layer, machines); !refusal.empty()) {
            left_out.push_back(left_out_layer(layer, refusal));
        } else {
            runnable.push_back(candidate);
        }
    }
    if (runnable.empty() && left_out.empty()) {
        throw InputError(fmt::format("--kinds: no layer is of kind {}", quoted_name(options.text("kinds"))));
    }
    if (runnable.empty()) {
        throw InputError(
            fmt::format("nothing to run: layer {}: {}", quoted_name(left_out.back().name), left_out.back().reason));
    }
    for (const Layer* layer : without_data) {
        if (asked_for(*layer)) {
            left_out.push_back(left_out_layer(*layer, LeftOutCause::without_data));
        }
    }
    return runnable;
}

// The widths that the numbers of a data set need, unless the user chose some.
void derive_widths(PlannedMachine& machine, const RealNetwork& tensors) {
    int operand_bits = 0;
    for (const RealLayer& real : tensors.layers()) {
        operand_bits = std::max({operand_bits, real.weight_bits, real.activation_bits});
    }
    const int accumulator_bits = operand_bits <= 9 ? 32 : 48;
    const auto json = machine.parameters->table.to_json();
    std::vector<std::pair<std::string, std::string>> derived;
    for (const auto& [name, bits] : {std::pair<std::string, int>{"operand.bits", operand_bits},
                                     std::pair<std::string, int>{"accumulator.bits", accumulator_bits}}) {
        if (json.contains(name) && !machine.parameters->table.is_given(name)) {
            derived.emplace_back(name, std::to_string(bits));
            machine.derived_settings +=
                fmt::format("{}{} = {}", machine.derived_settings.empty() ? "" : ", ", name, bits);
        }
    }
    machine.settings.insert(machine.settings.begin(), derived.begin(), derived.end());
}

void build(PlannedMachine& machine) {
    machine.parameters = make_parameters(*machine.kind, machine.config_file, machine.settings);
    machine.lowering = machine.kind->make_lowering(*machine.parameters);
    machine.report = machine.kind->make_report(*machine.parameters);
}

// Who reads the output of each layer: null where several do.
using OnlyUsers = std::unordered_map<std::string, const Layer*>;

OnlyUsers only_users(const Network& network) {
    OnlyUsers users;
    for (const Layer& layer : network.layers) {
        for (const std::string& input : layer.inputs) {
            const auto [user, is_first] = users.emplace(input, &layer);
            user->second = is_first ? &layer : nullptr;
        }
    }
    return users;
}

// The pooling that directly follows a layer, where it is the only user of its output and the hardware's windows can
// express it.
void add_pooling(PlannedLayer& planned, const OnlyUsers& users) {
    const auto found = users.find(planned.layer.name);
    const Layer* user = found == users.end() ? nullptr : found->second;
    if (user == nullptr || (user->kind != LayerKind::max_pool && user->kind != LayerKind::average_pool)) {
        return;
    }
    const Padding& pad = user->pad;
    if (user->KH != user->KW || user->stride_y != user->stride_x || pad.top != pad.left || pad.bottom != pad.right) {
        return;
    }
    const Pooling pooling{user->kind == LayerKind::max_pool ? PoolKind::max : PoolKind::average, user->KH,
                          user->stride_y, pad.top, pad.bottom};
    if (!pooling_refusal(planned.layer, pooling)) {
        planned.pooling = pooling;
        planned.pooled_by = user->name;
    }
}

}  // namespace

nlohmann::ordered_json pooling_facts(const PlannedLayer& planned) {
    const Pooling& pooling = *planned.pooling;
    return {{"layer", planned.pooled_by},
            {"kind", pooling.kind == PoolKind::max ? "max" : "average"},
            {"size", pooling.size},
            {"stride", pooling.stride},
            {"pad", {pooling.pad_before, pooling.pad_before, pooling.pad_after, pooling.pad_after}},
            {"rows_columns", {pooling.outputs(planned.layer.P()), pooling.outputs(planned.layer.Q())}}};
}

namespace {

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
    throw InputError(fmt::format("--photo: layer {} has no photo {}{}", quoted_name(real.layer.name), quoted_name(name),
                                 did_you_mean(name, names)));
}

}  // namespace

void add_workload_options(Options& options) {
    options.section("Workload");
    options.value("network", "NAME|FILE", "built-in network (see 'nonzero list networks') or JSON file");
    options.value("layers", "A,B,...",
                  "only these layers; else all with weights that the platform runs, without the stem");
    options.value("kinds", "A,B,...", "only layers of these kinds: convolution, depthwise, fully_connected, matmul");
    options.flag("stem", "with the layers of the stem");
    options.value("nm", "N:M",
                  "structured weights, N of every M columns kept, as in 8:128 (or uD: D % anywhere), on dense "
                  "activations; the matrices of docs/models/demm.md");
    options.value(
        "matrix", "LIST",
        "with --nm: same (default) or natural, what each machine would prune to; compare takes both: same,natural");
    options.value("weight-density", "D", "fraction of non-zero weights of every layer, 0 .. 1; else as published");
    options.value("activation-density", "D", "the same of the layers' inputs");
    options.value("density-scale", "S", "multiplies all densities; what passes 1 becomes 1");
    options.value(
        "sparsity", "PATTERN",
        "positions of the non-zeros: uniform (default), correlated, or, default with --tensors, real; uniform "
        "and correlated then have the densities of the tensors");
    options.value("seed", "N", "of the generated data, default 1");
    options.value("tensors", "DIR", "real weights and inputs instead of generated ones; --network may be left out");
    options.value("photo", "NAME", "which input of --tensors, default the first");
    options.value("output", "FORMAT",
                  "compressed: ReLU, 8 bits, pooling, the machine's own format (default for generated data); raw64: "
                  "the accumulators (default with --tensors)");
}

void add_platform_options(Options& options) {
    options.section("Platform");
    options.list("set", "NAME=VALUE", "a parameter (see 'nonzero params PLATFORM'); repeatable");
    options.value("config", "FILE", "parameters from a JSON file; --set comes after it");
}

PlannedMachine plan_machine(const std::string& platform, const std::string& config_file,
                            const std::vector<std::pair<std::string, std::string>>& settings) {
    PlannedMachine machine;
    machine.kind = &find_platform(platform);
    machine.config_file = config_file;
    machine.settings = settings;
    build(machine);
    return machine;
}

std::vector<PlannedMachine> plan_single_machine(const Options& options) {
    std::vector<PlannedMachine> machines;
    machines.push_back(plan_machine(options.positional(0), options.text("config"), options.assignments("set")));
    return machines;
}

Workload plan_workload(const Options& options, std::vector<PlannedMachine>& machines) {
    check_combinations(options);
    Workload workload;
    workload.weight_density = options.real("weight-density", 0, 1);
    workload.activation_density = options.real("activation-density", 0, 1);
    workload.density_scale = options.real("density-scale", 0, kLargestScale).value_or(1);
    workload.masks = read_masks(options);
    workload.pattern = options.text("nm");
    workload.seed = options.natural("seed").value_or(1);
    const std::string output = options.choice("output", {"compressed", "raw64"});
    workload.output = (options.has("output") ? output == "raw64" : options.has("tensors")) ? OutputChoice::raw64
                                                                                           : OutputChoice::compressed;
    std::optional<Network> network;
    if (options.has("network")) {
        network = load_network(options.text("network"));
    }
    if (options.has("tensors")) {
        workload.tensors = std::make_unique<RealNetwork>(RealNetwork::open(options.text("tensors")));
        for (PlannedMachine& machine : machines) {
            derive_widths(machine, *workload.tensors);
            build(machine);
        }
    }
    for (const PlannedMachine& machine : machines) {
        workload.operand_bits = std::min(workload.operand_bits, machine.lowering->operand_bits());
    }
    workload.network = network ? options.text("network") : workload.tensors->title();

    const Network* shapes = network ? &*network : nullptr;
    std::vector<const Layer*> without_data;
    std::vector<Candidate> chosen = list_candidates(shapes, workload.tensors.get(), without_data);
    if (options.has("layers")) {
        chosen = named_layers(chosen, shapes, options.text("layers"));
        for (const Candidate& candidate : chosen) {
            check_for_all(*candidate.layer, machines);
        }
    } else {
        chosen = runnable_layers(chosen, without_data, machines, options, workload.coverage.left_out);
        std::transform(without_data.begin(), without_data.end(), std::back_inserter(workload.left_out_without_data),
                       [](const Layer* layer) { return layer->name; });
    }
    for (const LeftOutLayer& left_out : workload.coverage.left_out) {
        workload.coverage.dense_macs += left_out.dense_macs;
    }
    workload.coverage.layers = chosen.size() + workload.coverage.left_out.size();
    const OnlyUsers users = shapes != nullptr ? only_users(*shapes) : OnlyUsers();
    for (const Candidate& candidate : chosen) {
        PlannedLayer planned;
        planned.layer = *candidate.layer;
        workload.coverage.dense_macs += planned.layer.dense_macs();
        planned.index = candidate.index;
        if (options.has("nm")) {
            // Activations in place of weights are dense.
            planned.places = planned.layer.activation_by_activation ? WeightPlaces(UniformDensity{100})
                                                                    : parse_places(options.text("nm"));
        } else if (candidate.real != nullptr) {
            planned.real = candidate.real;
            planned.photo = photo_of(*candidate.real, options.text("photo"));
        } else {
            planned.weight_density = density_of(planned.layer, workload.weight_density, planned.layer.weight_density,
                                                workload.density_scale, "weight");
            planned.activation_density =
                density_of(planned.layer, workload.activation_density, planned.layer.activation_density,
                           workload.density_scale, "activation");
        }
        if (shapes != nullptr && workload.output == OutputChoice::compressed &&
            std::all_of(machines.begin(), machines.end(),
                        [](const PlannedMachine& machine) { return machine.lowering->pools(); })) {
            add_pooling(planned, users);
        }
        for (const Mask mask : workload.masks) {
            planned.mask = mask;
            workload.layers.push_back(planned);
        }
    }
    return workload;
}

nlohmann::ordered_json describe_workload(const Workload& workload) {
    nlohmann::ordered_json json;
    json["network"] = workload.network;
    json["data"] = workload.generated() ? "generated" : "tensors";
    if (workload.masks.size() == 1) {
        json["sparsity"] = to_string(workload.masks.front());
    } else {
        for (const Mask mask : workload.masks) {
            json["sparsity"].push_back(to_string(mask));
        }
    }
    if (!workload.pattern.empty()) {
        json["pattern"] = workload.pattern;
    } else if (workload.masks != std::vector{Mask::real}) {
        json["seed"] = workload.seed;
    }
    if (workload.masks != std::vector{Mask::real}) {
        json["operand_bits"] = workload.operand_bits;
    }
    if (workload.generated() && workload.pattern.empty()) {
        if (workload.weight_density) {
            json["weight_density"] = *workload.weight_density;
        }
        if (workload.activation_density) {
            json["activation_density"] = *workload.activation_density;
        }
        json["density_scale"] = workload.density_scale;
    } else if (!workload.generated()) {
        json["tensors"] = workload.tensors->title();
        json["photo"] = workload.layers.front().photo->name;
    }
    json["left_out"] = workload.coverage.names(LeftOutCause::platform);
    json["left_out_stem"] = workload.coverage.names(LeftOutCause::stem);
    json["left_out_without_data"] = workload.left_out_without_data;
    json["left_out_activation_by_activation"] = workload.coverage.names(LeftOutCause::activation_by_activation);
    return json;
}

const char* to_string(OutputChoice output) {
    return output == OutputChoice::raw64 ? "raw64" : "compressed";
}

}  // namespace nonzero
