#include "study/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "study/in_range.h"
#include "study/layer_choice.h"
#include "study/weight_places.h"
#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr double kLargestScale = 1000;

struct Field {
    const char* name;
    bool given;
};

void needs(const Field& field, const Field& other) {
    if (field.given && !other.given) {
        throw InputError(fmt::format("{} has no effect without {}", field_name(field.name), field_name(other.name)));
    }
}

void excludes(const Field& field, const Field& other, const std::string& why) {
    if (field.given && other.given) {
        throw InputError(
            fmt::format("{} and {} exclude each other: {}", field_name(field.name), field_name(other.name), why));
    }
}

void check_combinations(const WorkloadSpec& spec) {
    const Field network{"network", !spec.network.empty()};
    const Field tensors{"tensors", !spec.tensors.empty()};
    const Field nm{"nm", !spec.nm.empty()};
    const Field layers{"layers", !spec.layers.empty()};
    const Field sparsity{"sparsity", !spec.sparsity.empty()};
    const Field seed{"seed", spec.seed.has_value()};
    const Field densities[] = {{"weight_density", spec.weight_density.has_value()},
                               {"activation_density", spec.activation_density.has_value()},
                               {"density_scale", spec.density_scale.has_value()},
                               {"weight_density_scale", spec.weight_density_scale.has_value()},
                               {"activation_density_scale", spec.activation_density_scale.has_value()}};
    if (!network.given && !tensors.given) {
        throw InputError(
            fmt::format("{} NAME or FILE.json, or {} DIR, is missing (`nonzero list networks` shows the built-in ones)",
                        field_name(network.name), field_name(tensors.name)));
    }
    for (const Field& density : densities) {
        excludes(density, tensors, "the data of the directory have their own densities");
    }
    needs({"photo", !spec.photo.empty()}, tensors);
    needs(nm, network);
    needs({"matrix", !spec.matrix.empty()}, nm);
    const std::string alone = "a pattern's matrix follows from the pattern alone";
    excludes(nm, tensors, alone);
    for (const Field& density : densities) {
        excludes(nm, density, alone);
    }
    excludes(nm, sparsity, alone);
    excludes(nm, seed, alone);
    const std::string named = field_name(layers.name) + " names what is run";
    excludes(layers, {"kinds", !spec.kinds.empty()}, named);
    excludes(layers, {"stem", spec.stem}, named);
    const Field whole{"whole_network", spec.whole_network};
    needs(whole, tensors);
    for (const Field& other : {network, layers, sparsity, Field{"kinds", !spec.kinds.empty()}, Field{"stem", spec.stem},
                               Field{"output", spec.output.has_value()}}) {
        excludes(whole, other, "all layers of the data set run, each on what those before it put out");
    }
    if (!sparsity.given) {
        excludes(seed, tensors, "the data of the directory are used as they are");
    }
}

// Of the names that a field takes.
void check_mask(const char* field, Mask mask, const std::vector<Mask>& masks, bool known) {
    if (!known) {
        throw InputError(fmt::format("{}: '{}' is for other data", field_name(field), to_string(mask)));
    }
    if (std::count(masks.begin(), masks.end(), mask) > 1) {
        throw InputError(fmt::format("{}: '{}' is named twice", field_name(field), to_string(mask)));
    }
}

std::vector<Mask> matrices_of(const WorkloadSpec& spec) {
    const bool structured = std::holds_alternative<NmPattern>(parse_places(spec.nm));
    for (const Mask mask : spec.matrix) {
        if (mask == Mask::natural && !structured) {
            throw InputError(
                fmt::format("{}: no machine has a natural matrix for {}, which is no N:M pattern; leave natural out",
                            field_name("matrix"), quoted_name(spec.nm)));
        }
        check_mask("matrix", mask, spec.matrix, mask == Mask::same || mask == Mask::natural);
    }
    return spec.matrix.empty() ? std::vector{Mask::same} : spec.matrix;
}

std::vector<Mask> masks_of(const WorkloadSpec& spec) {
    if (!spec.nm.empty()) {
        return matrices_of(spec);
    }
    const bool has_tensors = !spec.tensors.empty();
    for (const Mask mask : spec.sparsity) {
        if (mask == Mask::real && !has_tensors) {
            throw InputError(
                fmt::format("{}: real masks come with {} DIR only", field_name("sparsity"), field_name("tensors")));
        }
        check_mask("sparsity", mask, spec.sparsity, mask != Mask::same && mask != Mask::natural);
    }
    return !spec.sparsity.empty() ? spec.sparsity : std::vector{has_tensors ? Mask::real : Mask::uniform};
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

double density_of(const Layer& layer, const std::optional<double>& given, const std::optional<double>& published,
                  double scale, const char* what) {
    if (!given && !published) {
        throw InputError(fmt::format("layer {}: no {} density is published for it; give {}", quoted_name(layer.name),
                                     what, field_name(fmt::format("{}_density", what))));
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
    throw InputError(fmt::format("{}: layer {} has no photo {}{}", field_name("photo"), quoted_name(real.layer.name),
                                 quoted_name(name), did_you_mean(name, names)));
}

// Without its mask and pooling.
PlannedLayer plan_layer(const ChosenLayer& chosen, const WorkloadSpec& spec, const Workload& workload) {
    PlannedLayer planned;
    planned.layer = *chosen.layer;
    planned.index = chosen.index;
    if (!spec.nm.empty()) {
        // Activations in place of weights are dense.
        planned.places =
            planned.layer.activation_by_activation ? WeightPlaces(UniformDensity{100}) : parse_places(spec.nm);
    } else if (chosen.real != nullptr) {
        planned.real = chosen.real;
        planned.photo = photo_of(*chosen.real, spec.photo);
    } else {
        planned.weight_density =
            density_of(planned.layer, workload.weight_density, planned.layer.weight_density,
                       workload.density_scale * workload.weight_density_scale.value_or(1), "weight");
        planned.activation_density =
            density_of(planned.layer, workload.activation_density, planned.layer.activation_density,
                       workload.density_scale * workload.activation_density_scale.value_or(1), "activation");
    }
    return planned;
}

// Of a whole network: outputs are inputs.
void check_widths(const std::vector<PlannedMachine>& machines) {
    for (const PlannedMachine& machine : machines) {
        const int bits = machine.lowering->operand_bits();
        if (bits < QuantisedNetwork::kStoredBits) {
            throw InputError(fmt::format("{}: tensors of {} bits do not fit operand.bits = {} of {}; raise it",
                                         field_name("whole_network"), QuantisedNetwork::kStoredBits, bits,
                                         machine.kind->name));
        }
    }
}

}  // namespace

const char* to_string(OutputChoice output) {
    return output == OutputChoice::raw64 ? "raw64" : "compressed";
}

std::vector<Task> tasks_of(const Workload& workload) {
    if (workload.whole) {
        return {{0, workload.layers.size()}};
    }
    std::vector<Task> tasks;
    for (std::size_t layer = 0; layer < workload.layers.size(); ++layer) {
        tasks.push_back({layer, 1});
    }
    return tasks;
}

Workload plan_workload(const WorkloadSpec& spec, std::vector<PlannedMachine>& machines) {
    check_combinations(spec);
    in_range("weight_density", spec.weight_density.value_or(0), 0.0, 1.0);
    in_range("activation_density", spec.activation_density.value_or(0), 0.0, 1.0);
    Workload workload;
    workload.weight_density = spec.weight_density;
    workload.activation_density = spec.activation_density;
    workload.density_scale = in_range("density_scale", spec.density_scale.value_or(1), 0.0, kLargestScale);
    in_range("weight_density_scale", spec.weight_density_scale.value_or(1), 0.0, kLargestScale);
    in_range("activation_density_scale", spec.activation_density_scale.value_or(1), 0.0, kLargestScale);
    workload.weight_density_scale = spec.weight_density_scale;
    workload.activation_density_scale = spec.activation_density_scale;
    workload.masks = masks_of(spec);
    workload.pattern = spec.nm;
    workload.seed = spec.seed.value_or(1);
    workload.output = spec.output.value_or(spec.tensors.empty() ? OutputChoice::compressed : OutputChoice::raw64);
    workload.named_layers = !spec.layers.empty();
    std::optional<Network> network;
    if (!spec.network.empty()) {
        network = load_network(spec.network);
    }
    if (!spec.tensors.empty()) {
        workload.tensors = std::make_unique<RealNetwork>(RealNetwork::open(spec.tensors));
        for (PlannedMachine& machine : machines) {
            derive_widths(machine, *workload.tensors);
        }
    }
    if (spec.whole_network) {
        workload.whole = std::make_unique<QuantisedNetwork>(*workload.tensors);
        workload.output = OutputChoice::compressed;
        check_widths(machines);
    }
    for (const PlannedMachine& machine : machines) {
        workload.operand_bits = std::min(workload.operand_bits, machine.lowering->operand_bits());
    }
    workload.network = network ? spec.network : workload.tensors->title();

    const Network* shapes = network ? &*network : nullptr;
    LayerChoice choice = choose_layers(spec, shapes, workload.tensors.get(), machines);
    workload.coverage = std::move(choice.coverage);
    workload.left_out_without_data = std::move(choice.without_data);
    const OnlyUsers users = shapes != nullptr ? only_users(*shapes) : OnlyUsers();
    const bool pools = std::all_of(machines.begin(), machines.end(),
                                   [](const PlannedMachine& machine) { return machine.lowering->pools(); });
    for (const ChosenLayer& chosen : choice.layers) {
        PlannedLayer planned = plan_layer(chosen, spec, workload);
        if (workload.output == OutputChoice::compressed && pools) {
            add_pooling(planned, users);
        }
        for (const Mask mask : workload.masks) {
            planned.mask = mask;
            workload.layers.push_back(planned);
        }
    }
    return workload;
}

Workload plan_workload(const std::vector<GivenLayer>& layers, const std::vector<PlannedMachine>& machines) {
    Workload workload;
    workload.masks = {Mask::real};
    for (const GivenLayer& given : layers) {
        validate(given.layer);
        for (const PlannedMachine& machine : machines) {
            machine.lowering->check(given.layer);
        }
        PlannedLayer planned;
        planned.layer = given.layer;
        planned.mask = Mask::real;
        planned.given = &given;
        workload.layers.push_back(std::move(planned));
    }
    return workload;
}

}  // namespace nonzero
