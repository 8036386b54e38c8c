#include "study/layer_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "workloads/error.h"
#include "workloads/field_name.h"
#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

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
std::vector<ChosenLayer> list_candidates(const Network* network, const RealNetwork* tensors,
                                         std::vector<const Layer*>& without_data) {
    std::vector<ChosenLayer> candidates;
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
                    fmt::format("layer {}: is {} in network {} but {} in {}; leave {} out to run "
                                "the directory's own layers",
                                quoted_name(layer->name), shape_text(*layer), quoted_name(network->name),
                                shape_text(real->layer), shown_text(tensors->directory()), field_name("network")));
            }
            candidates.push_back({layer, real});
        } else {
            without_data.push_back(layer);
        }
    }
    if (candidates.empty()) {
        throw InputError(tensors == nullptr
                             ? fmt::format("network {} has no layer with weights", quoted_name(network->name))
                             : fmt::format("{} has none of the layers of network {}; leave {} out to run its own",
                                           shown_text(tensors->directory()), quoted_name(network->name),
                                           field_name("network")));
    }
    return candidates;
}

std::vector<ChosenLayer> named_layers(const std::vector<ChosenLayer>& candidates, const Network* network,
                                      const std::vector<std::string>& wanted) {
    std::vector<std::string> known;
    std::transform(candidates.begin(), candidates.end(), std::back_inserter(known),
                   [](const ChosenLayer& candidate) { return candidate.layer->name; });
    const std::unordered_set<std::string> runnable(known.begin(), known.end());
    std::unordered_set<std::string> chosen;
    for (const std::string& name : wanted) {
        if (!chosen.insert(name).second) {
            throw InputError(fmt::format("{}: {} is named twice", field_name("layers"), quoted_name(name)));
        }
        if (runnable.contains(name)) {
            continue;
        }
        const Layer* other = network != nullptr ? network->find(name) : nullptr;
        if (other != nullptr && !other->has_weights()) {
            throw InputError(fmt::format("{}: {} is a {} layer without weights; choose one with weights",
                                         field_name("layers"), quoted_name(name), to_string(other->kind)));
        }
        if (other != nullptr) {
            throw InputError(fmt::format("{}: there are no tensors for {}; there are some for {} and others",
                                         field_name("layers"), quoted_name(name), quoted_name(known.front())));
        }
        throw InputError(
            fmt::format("{}: unknown layer {}{}", field_name("layers"), quoted_name(name), did_you_mean(name, known)));
    }
    std::vector<ChosenLayer> named;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(named),
                 [&](const ChosenLayer& candidate) { return chosen.contains(candidate.layer->name); });
    return named;
}

void check_for_all(const Layer& layer, const std::vector<PlannedMachine>& machines) {
    for (const PlannedMachine& machine : machines) {
        machine.lowering->check(layer);
    }
}

// One layer that does not run ends a network.
void check_whole(const std::vector<ChosenLayer>& layers, const std::vector<PlannedMachine>& machines) {
    for (const ChosenLayer& chosen : layers) {
        try {
            check_for_all(*chosen.layer, machines);
        } catch (const InputError& error) {
            throw InputError(
                fmt::format("{}; without {} the other layers run", error.what(), field_name("whole_network")));
        }
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

// Where none is named: what every platform runs, of the kinds asked for; the others are recorded.
std::vector<ChosenLayer> runnable_layers(const std::vector<ChosenLayer>& candidates,
                                         const std::vector<const Layer*>& without_data,
                                         const std::vector<PlannedMachine>& machines, const WorkloadSpec& spec,
                                         std::vector<LeftOutLayer>& left_out) {
    const auto asked_for = [&kinds = spec.kinds](const Layer& layer) {
        return kinds.empty() || std::find(kinds.begin(), kinds.end(), layer.kind) != kinds.end();
    };
    std::vector<ChosenLayer> runnable;
    for (const ChosenLayer& candidate : candidates) {
        const Layer& layer = *candidate.layer;
        if (!asked_for(layer)) {
            continue;
        }
        if (layer.activation_by_activation) {
            left_out.push_back(left_out_layer(layer, LeftOutCause::activation_by_activation));
        } else if (layer.stem && !spec.stem) {
            left_out.push_back(left_out_layer(layer, LeftOutCause::stem));
        } else if (const std::string refusal = refusal_of(layer, machines); !refusal.empty()) {
            left_out.push_back(left_out_layer(layer, refusal));
        } else {
            runnable.push_back(candidate);
        }
    }
    if (runnable.empty() && left_out.empty()) {
        std::vector<std::string> names;
        std::transform(spec.kinds.begin(), spec.kinds.end(), std::back_inserter(names),
                       [](LayerKind kind) { return to_string(kind); });
        throw InputError(fmt::format("{}: no layer is of kind {}", field_name("kinds"),
                                     quoted_name(fmt::format("{}", fmt::join(names, ",")))));
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

}  // namespace

LayerChoice choose_layers(const WorkloadSpec& spec, const Network* network, const RealNetwork* tensors,
                          const std::vector<PlannedMachine>& machines) {
    LayerChoice choice;
    std::vector<const Layer*> without_data;
    choice.layers = list_candidates(network, tensors, without_data);
    if (spec.whole_network) {
        check_whole(choice.layers, machines);
    } else if (!spec.layers.empty()) {
        choice.layers = named_layers(choice.layers, network, spec.layers);
        for (const ChosenLayer& chosen : choice.layers) {
            check_for_all(*chosen.layer, machines);
        }
    } else {
        choice.layers = runnable_layers(choice.layers, without_data, machines, spec, choice.coverage.left_out);
        std::transform(without_data.begin(), without_data.end(), std::back_inserter(choice.without_data),
                       [](const Layer* layer) { return layer->name; });
    }
    for (const LeftOutLayer& left_out : choice.coverage.left_out) {
        choice.coverage.dense_macs += left_out.dense_macs;
    }
    for (const ChosenLayer& chosen : choice.layers) {
        choice.coverage.dense_macs += chosen.layer->dense_macs();
    }
    choice.coverage.layers = choice.layers.size() + choice.coverage.left_out.size();
    return choice;
}

}  // namespace nonzero
