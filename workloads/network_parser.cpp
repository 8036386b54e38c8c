#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "workloads/error.h"
#include "workloads/json_document.h"
#include "workloads/layer_fields.h"
#include "workloads/nearest_name.h"
#include "workloads/network.h"
#include "workloads/network_fields.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

constexpr int schema_version = 1;

struct FeatureMapShape {
    int channels = 1, rows = 1, columns = 1;
    friend bool operator==(const FeatureMapShape&, const FeatureMapShape&) = default;
};

std::string to_string(const FeatureMapShape& shape) {
    return fmt::format("{}x{}x{}", shape.channels, shape.rows, shape.columns);
}

bool is_join(LayerKind kind) {
    return kind == LayerKind::add || kind == LayerKind::concat;
}

const std::vector<std::string> network_fields = {"schema",         "name",  "title", "source",
                                                 "density_source", "input", "layers"};

class NetworkParser {
  public:
    NetworkParser(const json& root, const std::string& origin) : root_(root), origin_(origin) {}

    Network parse() {
        if (!root_.is_object()) {
            throw InputError(origin_ + ": holds no JSON object; docs/network_format.md has an example to start from");
        }
        const NetworkFields fields(root_, origin_);
        if (!fields.has("schema")) {
            fields.fail("schema", fmt::format("missing; add \"schema\": {}", schema_version));
        }
        if (const int schema = fields.integer("schema"); schema != schema_version) {
            fields.fail("schema", fmt::format("version {} is not supported; this program reads version {}", schema,
                                              schema_version));
        }
        fields.check_known(network_fields);
        network_.name = fields.text("name");
        network_.title = fields.text("title", "");
        network_.source = fields.text("source", "");
        density_source_ = fields.text("density_source", "");
        if (fields.has("input")) {
            shapes_[LayerNames::network_input] = read_shape(fields, "input");
        }
        if (!root_.contains("layers")) {
            fields.fail("layers", "missing; add the list of layers");
        }
        const json& layers = root_["layers"];
        if (!layers.is_array() || layers.empty()) {
            fields.fail("layers", "is not a list of at least one layer; give one object for each layer");
        }
        // All names first: so that a forward reference can be told from a misspelt name.
        std::vector<LayerKind> kinds;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const NetworkFields layer = layer_fields(layers, i, origin_);
            kinds.push_back(check_layer_fields(layer, network_file_format()));
            names_.add(layer);
        }
        for (std::size_t i = 0; i < layers.size(); ++i) {
            read_layer(layer_fields(layers, i, origin_), names_[i], kinds[i]);
        }
        return std::move(network_);
    }

  private:
    void read_layer(const NetworkFields& fields, const std::string& name, LayerKind kind) {
        Layer layer;
        layer.name = name;
        layer.kind = kind;
        layer.inputs = read_inputs(fields, layer.kind);
        const FeatureMapShape in =
            layer.kind == LayerKind::matmul ? rows_shape(fields, layer) : input_shape(fields, layer);
        layer.C = in.channels;
        layer.H = in.rows;
        layer.W = in.columns;
        read_kernel(fields, layer);
        read_window(fields, network_file_format(), layer);
        layer.stem = fields.flag("stem", false);
        layer.activation_by_activation = fields.flag("activation_by_activation", false);
        layer.weight_density = fields.number("weight_density");
        layer.activation_density = fields.number("activation_density");
        const bool has_density = layer.weight_density || layer.activation_density;
        layer.density_source = fields.text("density_source", has_density ? density_source_ : "");
        const int outputs = layer.K;  // of one image
        if (fields.has("batch")) {
            read_batch(fields, layer);
        }
        validate_layer(fields, network_file_format(), layer);
        shapes_[name] = FeatureMapShape{outputs, layer.P(), layer.Q()};
        network_.layers.push_back(std::move(layer));
    }

    std::vector<std::string> read_inputs(const NetworkFields& fields, LayerKind kind) const {
        const std::string previous = network_.layers.empty() ? LayerNames::network_input : network_.layers.back().name;
        std::vector<std::string> inputs =
            fields.has("inputs") ? fields.texts("inputs") : std::vector<std::string>{previous};
        for (const std::string& producer : inputs) {
            check_producer(fields, producer);
        }
        if (is_join(kind) && inputs.size() < 2) {
            fields.fail("inputs", fmt::format("{} joins two or more layers but has {}; name all of them",
                                              to_string(kind), inputs.size()));
        }
        if (!is_join(kind) && inputs.size() != 1) {
            fields.fail("inputs", fmt::format("{} reads one layer but has {}; put an add or concat before it",
                                              to_string(kind), inputs.size()));
        }
        return inputs;
    }

    void check_producer(const NetworkFields& fields, const std::string& producer) const {
        const std::size_t self = network_.layers.size();
        const std::optional<std::size_t> place = names_.find(producer);
        if (producer == LayerNames::network_input || (place && *place < self)) {
            return;
        }
        if (place == self) {
            fields.fail("inputs", "a layer cannot be its own input; name an earlier layer");
        }
        if (place) {
            fields.fail("inputs", fmt::format("{} comes later, but layers stand in execution order without cycles; "
                                              "move it before this layer",
                                              quoted_name(producer)));
        }
        std::vector<std::string> candidates = names_.all();
        candidates.resize(self);
        candidates.insert(candidates.begin(), LayerNames::network_input);
        fields.fail("inputs", fmt::format("no layer is called {}{}", quoted_name(producer),
                                          did_you_mean(producer, candidates, "Name an earlier layer or 'input'")));
    }

    static FeatureMapShape read_shape(const NetworkFields& fields, const std::string& name) {
        const std::vector<int> shape = fields.integers(name, 3, "[C, H, W]", false);
        if (std::any_of(shape.begin(), shape.end(), [](int size) { return size < 1 || size > largest_dimension; })) {
            fields.fail(name, fmt::format("[{}] has a dimension outside 1 .. {}; give [C, H, W]",
                                          fmt::join(shape, ", "), largest_dimension));
        }
        return {shape[0], shape[1], shape[2]};
    }

    // What the producers make; nothing where the network does not say what its input is.
    std::optional<FeatureMapShape> produced_shape(const NetworkFields& fields, const Layer& layer) const {
        std::optional<FeatureMapShape> total;
        for (const std::string& producer : layer.inputs) {
            const auto found = shapes_.find(producer);
            if (found == shapes_.end()) {
                if (is_join(layer.kind)) {
                    fields.fail("inputs",
                                "reads the input of the network, whose shape is not given; add \"input\": "
                                "[C, H, W] to the network");
                }
                return std::nullopt;
            }
            const FeatureMapShape& shape = found->second;
            if (!total) {
                total = shape;
                continue;
            }
            const bool fits = layer.kind == LayerKind::add
                                  ? shape == *total
                                  : shape.rows == total->rows && shape.columns == total->columns;
            if (!fits) {
                fields.fail(
                    "inputs",
                    fmt::format(
                        "{} produces {} but {} produces {}; {}", quoted_name(layer.inputs.front()),
                        to_string(shapes_.at(layer.inputs.front())), quoted_name(producer), to_string(shape),
                        layer.kind == LayerKind::add ? "an add needs equal shapes" : "a concat needs equal planes"));
            }
            if (layer.kind == LayerKind::concat) {
                total->channels += shape.channels;
                if (total->channels > largest_dimension) {
                    fields.fail("inputs", fmt::format("the concat has more than {} channels; join fewer layers",
                                                      largest_dimension));
                }
            }
        }
        return total;
    }

    static std::string producers_of(const Layer& layer) {
        constexpr std::size_t shown = 8;
        const auto end = layer.inputs.begin() + std::ptrdiff_t(std::min(shown, layer.inputs.size()));
        return fmt::format("{}{}", fmt::join(layer.inputs.begin(), end, " + "),
                           layer.inputs.size() > shown ? fmt::format(" + {} others", layer.inputs.size() - shown) : "");
    }

    FeatureMapShape input_shape(const NetworkFields& fields, const Layer& layer) const {
        const auto flatten = [&fields, &layer](const FeatureMapShape& shape) {
            if (layer.kind != LayerKind::fully_connected) {
                return shape;
            }
            const std::int64_t inputs = std::int64_t(shape.channels) * shape.rows * shape.columns;
            if (inputs > largest_dimension) {
                fields.fail("in", fmt::format("{} flattens to {} inputs, more than {}; make the layer smaller",
                                              to_string(shape), inputs, largest_dimension));
            }
            return FeatureMapShape{static_cast<int>(inputs), 1, 1};
        };
        const std::optional<FeatureMapShape> produced = produced_shape(fields, layer);
        if (!fields.has("in")) {
            if (!produced) {
                fields.fail("in", "missing, and the network has no \"input\"; add [C, H, W] here or there");
            }
            return flatten(*produced);
        }
        const FeatureMapShape given = read_shape(fields, "in");
        if (produced && flatten(given) != flatten(*produced)) {
            fields.fail("in", fmt::format("is {} but {} produces {}; correct one of them or leave 'in' out",
                                          to_string(given), producers_of(layer), to_string(*produced)));
        }
        return flatten(given);
    }

    // A matmul reads its input as rows: one of C values for each position of the plane.
    FeatureMapShape rows_shape(const NetworkFields& fields, const Layer& layer) const {
        const std::optional<FeatureMapShape> produced = produced_shape(fields, layer);
        const auto size = [&](const char* field, std::int64_t of_input) {
            if (!fields.has(field) && !produced) {
                fields.fail(field, "missing, and the shape of the layer's input is not known; add it");
            }
            const std::int64_t given = fields.has(field) ? fields.integer(field) : of_input;
            if (produced && given != of_input) {
                fields.fail(field, fmt::format("is {} but {} produces {}, {} rows of {}; correct it or leave it out",
                                               given, fmt::join(layer.inputs, " + "), to_string(*produced),
                                               std::int64_t(produced->rows) * produced->columns, produced->channels));
            }
            if (given < 1 || given > largest_dimension) {
                fields.fail(field, fmt::format("{} is outside 1 .. {}", given, largest_dimension));
            }
            return static_cast<int>(given);
        };
        const FeatureMapShape known = produced.value_or(FeatureMapShape{});
        return {size("inner", known.channels), size("rows", std::int64_t(known.rows) * known.columns), 1};
    }

    // A product of activations has no weights that a batch could share: each image brings groups of its own.
    static void read_batch(const NetworkFields& fields, Layer& layer) {
        const int batch = fields.integer("batch");
        if (!layer.activation_by_activation) {
            layer.batch = batch;
            return;
        }
        const int most = largest_dimension / std::max({layer.C, layer.K, layer.groups, 1});
        if (batch < 1 || batch > most) {
            fields.fail("batch", fmt::format("{} is outside 1 .. {}; each image has groups of its own, and together "
                                             "they have at most {} channels",
                                             batch, most, largest_dimension));
        }
        layer.C *= batch;
        layer.K *= batch;
        layer.groups *= batch;
    }

    static void read_kernel(const NetworkFields& fields, Layer& layer) {
        if (!is_join(layer.kind) && !layer.is_product()) {
            const std::vector<int> kernel = fields.integers("kernel", 2, "an integer or [rows, columns]", true);
            layer.KH = kernel[0];
            layer.KW = kernel[1];
        }
        const bool keeps = !layer.has_weights() || (layer.kind == LayerKind::depthwise && !fields.has("out_channels"));
        layer.K = keeps ? layer.C : fields.integer(layer.kind == LayerKind::matmul ? "outputs" : "out_channels");
        layer.groups = layer.kind == LayerKind::depthwise ? layer.C : 1;
    }

    const json& root_;
    const std::string& origin_;
    Network network_;
    std::string density_source_;
    LayerNames names_;
    std::unordered_map<std::string, FeatureMapShape> shapes_;
};

}  // namespace

Network parse_network(const std::string& json_text, const std::string& origin) {
    const json root = parse_json_document(json_text, origin, "layer", "docs/network_format.md");
    return NetworkParser(root, origin).parse();
}

}  // namespace nonzero
