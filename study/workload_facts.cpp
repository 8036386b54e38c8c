#include "study/workload_facts.h"

#include <nlohmann/json.hpp>

namespace nonzero {

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
        if (workload.weight_density_scale) {
            json["weight_density_scale"] = *workload.weight_density_scale;
        }
        if (workload.activation_density_scale) {
            json["activation_density_scale"] = *workload.activation_density_scale;
        }
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

nlohmann::ordered_json describe_network(const Workload& workload, const PlannedMachine& machine) {
    nlohmann::ordered_json json;
    if (!workload.whole) {
        return json;
    }
    json["layers"] = workload.layers.size();
    json["element_type"] = workload.whole->element_type();
    json["cores"] = {machine.kind->name};
    auto& edges = json["edges"] = nlohmann::ordered_json::object();
    for (const LayerEdge& edge : workload.whole->graph().edges) {
        edges[edge.layer] = {{"op", edge.op}, {"of", edge.of}, {"relu", edge.relu}};
    }
    return json;
}

nlohmann::ordered_json pooling_facts(const Layer& layer, const Pooling& pooling, const std::string& pooled_by) {
    return {{"layer", pooled_by},
            {"kind", pooling.kind == PoolKind::max ? "max" : "average"},
            {"size", pooling.size},
            {"stride", pooling.stride},
            {"pad", {pooling.pad_before, pooling.pad_before, pooling.pad_after, pooling.pad_after}},
            {"rows_columns", {pooling.outputs(layer.P()), pooling.outputs(layer.Q())}}};
}

}  // namespace nonzero
