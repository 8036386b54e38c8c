#include "workloads/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/json_document.h"
#include "workloads/nearest_name.h"
#include "workloads/networks/embedded.h"
#include "workloads/quoted_name.h"

namespace nonzero {

namespace {

constexpr const char* network_guide = "docs/network_format.md";

bool is_file_name(const std::string& name) {
    return name.find('/') != std::string::npos || name.ends_with(".json") || !foreign_ending(name).empty();
}

std::string read_file(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        if (const std::string ending = foreign_ending(path); !ending.empty()) {
            throw InputError("network file " + foreign_format(path, ending, network_guide));
        }
        throw InputError(
            fmt::format("network file '{}' does not exist; correct the path, or use one of the built-in "
                        "networks: {}",
                        shown_text(path), fmt::join(builtin_networks(), ", ")));
    }
    return read_input(path, "network file " + quoted_name(path), "give a readable JSON file");
}

}  // namespace

const Layer* Network::find(const std::string& layer_name) const {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const Layer& layer) { return layer.name == layer_name; });
    return found == layers.end() ? nullptr : &*found;
}

std::vector<const Layer*> Network::weighted_layers(bool with_stem) const {
    std::vector<const Layer*> weighted;
    for (const Layer& layer : layers) {
        if (layer.has_weights() && (with_stem || !layer.stem)) {
            weighted.push_back(&layer);
        }
    }
    return weighted;
}

std::vector<std::string> builtin_networks() {
    std::vector<std::string> names;
    for (const EmbeddedFile& network : embedded_networks()) {
        names.emplace_back(network.name);
    }
    return names;
}

Network load_network(const std::string& name_or_file) {
    if (is_file_name(name_or_file)) {
        return parse_network(read_file(name_or_file), shown_text(name_or_file));
    }
    for (const EmbeddedFile& network : embedded_networks()) {
        if (network.name == name_or_file) {
            return parse_network(std::string(network.json), "built-in network " + name_or_file);
        }
    }
    throw InputError(
        fmt::format("unknown network {}{}", quoted_name(name_or_file),
                    did_you_mean(name_or_file, builtin_networks(),
                                 fmt::format("Built in: {}; a file is given by a path with a '/' or ending in .json",
                                             fmt::join(builtin_networks(), ", ")))));
}

}  // namespace nonzero
