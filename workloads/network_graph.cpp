#include "workloads/network_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/json_document.h"
#include "workloads/nearest_name.h"
#include "workloads/network_fields.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

constexpr const char* kGuide = "docs/data_set_format.md";

// The edges as a JSON object by layer, and how messages call where they are.
struct EdgesMember {
    json edges = json::object();
    std::string origin;
};

std::optional<EdgesMember> edges_of_file(const std::filesystem::path& file, const std::string& folder) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return std::nullopt;
    }
    const std::string name = shown_text(file.string());
    const std::string text =
        read_input(file.string(), "file of edges " + quoted_name(file.string()), "make it readable or remove it");
    const json root = parse_json_document(text, name, "", kGuide);
    if (!root.is_object()) {
        throw InputError(name + ": is not an object of the edges of networks by their folder's name");
    }
    if (!root.contains(folder)) {
        return std::nullopt;
    }
    return EdgesMember{root[folder], fmt::format("{}, {}", name, quoted_name(folder))};
}

EdgesMember find_edges(const RealNetwork& network) {
    const json& document = network.document();
    EdgesMember found;
    found.origin = network.document_name();
    if (document.contains("edges")) {
        found.edges = document["edges"];
    } else {
        std::error_code error;
        const std::filesystem::path given = network.directory();
        std::filesystem::path folder = std::filesystem::canonical(given, error);
        if (error) {
            folder = std::filesystem::absolute(given);  // network.json has been read out of it
        }
        for (const std::filesystem::path& place : {folder, folder.parent_path()}) {
            if (auto edges = edges_of_file(place / "edges.json", folder.filename().string())) {
                found = std::move(*edges);
                break;
            }
        }
    }
    if (!found.edges.is_object()) {
        throw InputError(found.origin + ": the edges are not an object of one object for each layer");
    }
    return found;
}

using Shape = std::vector<std::size_t>;

class GraphReader {
  public:
    explicit GraphReader(const RealNetwork& network) : network_(network) {
        for (const RealLayer& real : network.layers()) {
            names_.push_back(real.layer.name);
            places_.emplace(real.layer.name, places_.size());
        }
    }

    NetworkGraph read() {
        EdgesMember member = find_edges(network_);
        read_edges(member);
        shapes_.push_back(network_.layers().front().layer.input_shape());
        for (std::size_t layer = 0; layer < names_.size(); ++layer) {
            const std::size_t input = input_of(layer);
            const Layer& shape = network_.layers()[layer].layer;
            if (shapes_[input] != shape.input_shape()) {
                throw InputError(
                    fmt::format("{}, layer {}: its input is {}, what it reads is {}; say with \"edges\" what it reads, "
                                "which may be an add or an average but no other pooling ({})",
                                network_.document_name(), quoted_name(shape.name), fmt::join(shape.input_shape(), "x"),
                                fmt::join(shapes_[input], "x"), kGuide));
            }
            graph_.inputs.push_back(input);
            graph_.outputs.push_back(add_step({GraphStep::Kind::layer, layer, {input}}, shape.output_shape()));
        }
        return std::move(graph_);
    }

  private:
    struct Edge {
        LayerEdge words;
        std::vector<std::size_t> layers;  // of each word of `of`
        std::string where;
    };

    void read_edges(const EdgesMember& member) {
        for (const auto& item : member.edges.items()) {
            const std::string where = fmt::format("{}, edge of layer {}", member.origin, quoted_name(item.key()));
            const auto layer = places_.find(item.key());
            if (layer == places_.end()) {
                throw InputError(where + ": there is no such layer" + did_you_mean(item.key(), names_));
            }
            if (!item.value().is_object()) {
                throw InputError(where + ": is not an object");
            }
            edges_.emplace(layer->second, read_edge(NetworkFields(item.value(), where), layer->second));
        }
        for (const auto& [layer, edge] : edges_) {
            graph_.edges.push_back(edge.words);
        }
    }

    Edge read_edge(const NetworkFields& fields, std::size_t layer) const {
        fields.check_known({"op", "of", "relu"});
        Edge edge{
            {names_[layer], fields.texts("op"), fields.texts("of"), fields.flag("relu", false)}, {}, fields.where()};
        static const std::vector<std::vector<std::string>> possible = {
            {"same"}, {"average"}, {"add"}, {"add", "average"}};
        const auto& op = edge.words.op;
        if (std::ranges::find(possible, op) == possible.end()) {
            fields.fail("op", fmt::format("has {}; possible are [\"same\"], [\"average\"], [\"add\"] and "
                                          "[\"add\", \"average\"]",
                                          op.empty() ? "nothing" : listed_names(op)));
        }
        const bool adds = op.front() == "add";
        if (edge.words.of.size() != (adds ? 2 : 1)) {
            fields.fail("of", fmt::format("names {} tensors; {} reads {}", edge.words.of.size(), op.front(),
                                          adds ? "two" : "one"));
        }
        if (fields.has("relu") && !adds) {
            fields.fail("relu", "applies to an add; remove it");
        }
        for (const std::string& tensor : edge.words.of) {
            edge.layers.push_back(named_layer(fields, tensor, layer));
        }
        return edge;
    }

    std::size_t named_layer(const NetworkFields& fields, const std::string& tensor, std::size_t reader) const {
        if (!tensor.starts_with("y:") && !tensor.starts_with("x:")) {
            fields.fail("of",
                        fmt::format("has {}; give y:LAYER, its output, or x:LAYER, its input", quoted_name(tensor)));
        }
        const std::string name = tensor.substr(2);
        const auto layer = places_.find(name);
        if (layer == places_.end()) {
            fields.fail("of", fmt::format("there is no layer {}{}", quoted_name(name), did_you_mean(name, names_)));
        }
        if (layer->second >= reader) {
            fields.fail("of", fmt::format("{} does not come before the layer that reads it", quoted_name(name)));
        }
        return layer->second;
    }

    std::size_t add_step(GraphStep step, Shape shape) {
        graph_.steps.push_back(std::move(step));
        shapes_.push_back(std::move(shape));
        return graph_.steps.size();
    }

    std::size_t input_of(std::size_t layer) {
        const auto found = edges_.find(layer);
        if (found == edges_.end()) {
            return layer == 0 ? 0 : graph_.outputs[layer - 1];
        }
        const Edge& edge = found->second;
        std::vector<std::size_t> of;
        for (std::size_t n = 0; n < edge.layers.size(); ++n) {
            of.push_back(edge.words.of[n].front() == 'y' ? graph_.outputs[edge.layers[n]]
                                                         : graph_.inputs[edge.layers[n]]);
        }
        std::size_t tensor = of.front();
        for (const std::string& op : edge.words.op) {
            if (op == "add") {
                if (shapes_[of[0]] != shapes_[of[1]]) {
                    throw InputError(fmt::format("{}: adds {} of {} to {} of {}; both must have one shape", edge.where,
                                                 edge.words.of[0], fmt::join(shapes_[of[0]], "x"), edge.words.of[1],
                                                 fmt::join(shapes_[of[1]], "x")));
                }
                tensor = add_step({GraphStep::Kind::add, layer, of, edge.words.relu}, shapes_[of[0]]);
            } else if (op == "average") {
                tensor = add_step({GraphStep::Kind::average, layer, {tensor}}, {shapes_[tensor].front(), 1, 1});
            }
        }
        return tensor;
    }

    const RealNetwork& network_;
    std::vector<std::string> names_;
    std::map<std::string, std::size_t> places_;
    std::map<std::size_t, Edge> edges_;
    NetworkGraph graph_;
    std::vector<Shape> shapes_;  // of the tensors so far
};

}  // namespace

NetworkGraph read_network_graph(const RealNetwork& network) {
    return GraphReader(network).read();
}

}  // namespace nonzero
