#include "models/opu/layer_work.h"

#include <fmt/format.h>

#include <string>
#include <unordered_map>

#include "workloads/error.h"
#include "workloads/quoted_name.h"

namespace nonzero::opu {

LayerWork work_of(const Layer& layer) {
    if (layer.activation_by_activation) {
        throw InputError(
            fmt::format("layer {}: a product of activations by activations has no weights to load, and no "
                        "core runs it; give a network without such layers",
                        quoted_name(layer.name)));
    }
    LayerWork work;
    work.depthwise = layer.groups > 1 && layer.C == layer.groups;
    work.in_channels = layer.C / layer.groups;
    work.all_channels = layer.C;
    work.out_channels = layer.K;
    work.kernel_rows = layer.KH;
    work.kernel_columns = layer.KW;
    work.rows = std::int64_t(layer.batch) * layer.P();
    work.columns = layer.Q();
    work.in_rows = std::int64_t(layer.batch) * layer.H;
    work.in_columns = layer.W;
    return work;
}

std::vector<LayerWork> works_of(const Network& network) {
    std::vector<LayerWork> works;
    std::unordered_map<std::string, std::size_t> place;
    for (const Layer& layer : network.layers) {
        if (layer.has_weights()) {
            place.emplace(layer.name, works.size());
            works.push_back(work_of(layer));
        } else if (layer.kind == LayerKind::add) {
            std::size_t last = works.size();
            for (const std::string& input : layer.inputs) {
                const auto found = place.find(input);
                if (found != place.end() && (last == works.size() || found->second > last)) {
                    last = found->second;
                }
            }
            if (last != works.size()) {
                works[last].residual = true;
            }
        }
    }
    return works;
}

}  // namespace nonzero::opu
