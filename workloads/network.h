#pragma once
// A network: a graph of layers in execution order, each naming its producers (so residual and concat exist). Built-in
// networks are JSON files of networks/ compiled into the library; users load their own files of the same schema
// (docs/network_format.md). Every problem of a file is an InputError that names the file, the layer and the field.

#include <string>
#include <vector>

#include "workloads/layer.h"

namespace nonzero {

struct Network {
    std::string name;
    std::string title;
    std::string source;
    std::vector<Layer> layers;

    const Layer* find(const std::string& layer_name) const;
    // Layers with weights, in execution order; without the stem unless asked.
    std::vector<const Layer*> weighted_layers(bool with_stem = false) const;
};

std::vector<std::string> builtin_networks();
// A built-in name, or the path of a JSON file (anything with a '/' or ending in ".json").
Network load_network(const std::string& name_or_file);
Network parse_network(const std::string& json_text, const std::string& origin);

}  // namespace nonzero
