#include "workloads/layer_fields.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

#include "workloads/nearest_name.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

std::string label_of(const json& layer, std::size_t index) {
    const bool named = layer.contains("name") && layer["name"].is_string();
    return named ? quoted_name(layer["name"].get<std::string>()) : std::to_string(index + 1);
}

bool to_all(LayerKind) {
    return true;
}
bool to_groupable(LayerKind kind) {
    return kind == LayerKind::convolution || kind == LayerKind::matmul;
}
bool to_matmul(LayerKind kind) {
    return kind == LayerKind::matmul;
}
bool to_shaped(LayerKind kind) {
    return kind != LayerKind::matmul;
}
bool to_dilatable(LayerKind kind) {
    return kind == LayerKind::convolution || kind == LayerKind::depthwise;
}
bool to_windowed(LayerKind kind) {
    return to_dilatable(kind) || kind == LayerKind::max_pool || kind == LayerKind::average_pool;
}
bool to_weighted(LayerKind kind) {
    return has_weights(kind);
}
bool to_channelled(LayerKind kind) {
    return has_weights(kind) && kind != LayerKind::matmul;
}

}  // namespace

LayerError::LayerError(const std::string& layer, std::string field, std::string problem)
    : InputError(fmt::format("layer {}, field '{}': {}", quoted_name(layer), field, problem)),
      field_(std::move(field)),
      problem_(std::move(problem)) {}

const LayerFormat& network_file_format() {
    static const LayerFormat format = [] {
        LayerFormat words;
        for (const LayerKind kind : layer_kinds) {
            words.kinds.emplace_back(to_string(kind), kind);
        }
        words.usual_kind = LayerKind::convolution;
        words.fields = {{"name", to_all, true},
                        {"kind", to_all},
                        {"inputs", to_all},
                        {"in", to_shaped},
                        {"out_channels", to_channelled},
                        {"inner", to_matmul},
                        {"outputs", to_matmul},
                        {"rows", to_matmul},
                        {"batch", to_weighted},
                        {"kernel", to_windowed},
                        {"stride", to_windowed},
                        {"pad", to_windowed},
                        {"groups", to_groupable},
                        {"dilation", to_dilatable},
                        {"weight_density", to_weighted},
                        {"activation_density", to_weighted},
                        {"density_source", to_weighted},
                        {"stem", to_all},
                        {"activation_by_activation", to_groupable}};
        return words;
    }();
    return format;
}

const LayerFormat& data_set_format() {
    static const LayerFormat format = [] {
        LayerFormat words;
        words.kinds = {
            {"conv", LayerKind::convolution}, {"depthwise", LayerKind::depthwise}, {"fc", LayerKind::fully_connected}};
        for (const char* name : {"name", "file", "kind", "w_shape", "stride", "pad_tlbr", "groups", "photos"}) {
            words.fields.push_back({name, to_all, true});
        }
        words.fields.push_back({"dilation", to_dilatable});
        // Of these only x_frac_bits decides something, the width; the others are there for people.
        for (const char* name : {"x_file",
                                 "w_frac_bits",
                                 "x_frac_bits",
                                 "w_nnz",
                                 "w_nnz_float",
                                 "w_size",
                                 "w_density",
                                 "w_rounded_to_zero",
                                 "codebook_distinct",
                                 "x_provenance",
                                 "blob_in",
                                 "tensor",
                                 "xscale",
                                 "xzp",
                                 "wscale",
                                 "wzp",
                                 "oscale",
                                 "ozp",
                                 "fused_activation",
                                 "checked_with_second_implementation",
                                 "file_bytes"}) {
            words.fields.push_back({name, to_all});
        }
        words.other_names = {{"in", "photos"}, {"out_channels", "w_shape"}, {"kernel", "w_shape"}, {"pad", "pad_tlbr"}};
        return words;
    }();
    return format;
}

std::string LayerFormat::name_of(const std::string& network_field) const {
    const auto other = std::ranges::find(other_names, network_field, &std::pair<std::string, std::string>::first);
    return other == other_names.end() ? network_field : other->second;
}

std::string LayerFormat::kind_name(LayerKind kind) const {
    return std::ranges::find(kinds, kind, &std::pair<std::string, LayerKind>::second)->first;
}

NetworkFields layer_fields(const json& layers, std::size_t index, const std::string& origin) {
    const json& layer = layers[index];
    if (!layer.is_object()) {
        throw InputError(fmt::format("{}, layer {}: is not an object; give one object {{\"name\": ...}} for each layer",
                                     origin, index + 1));
    }
    return {layer, fmt::format("{}, layer {}", origin, label_of(layer, index))};
}

void check_name_length(const NetworkFields& fields, const std::string& field, const std::string& name) {
    constexpr std::size_t longest = 200;  // what a file name can have behind it
    if (name.size() > longest) {
        fields.fail(field,
                    fmt::format("{} has {} bytes; give a name of at most {}", quoted_name(name), name.size(), longest));
    }
}

LayerKind check_layer_fields(const NetworkFields& fields, const LayerFormat& format) {
    LayerKind kind = format.usual_kind.value_or(LayerKind::convolution);
    if (!format.usual_kind || fields.has("kind")) {
        const std::string word = fields.text("kind");
        const auto found = std::ranges::find(format.kinds, word, &std::pair<std::string, LayerKind>::first);
        if (found == format.kinds.end()) {
            std::vector<std::string> words;
            std::ranges::transform(format.kinds, std::back_inserter(words), &std::pair<std::string, LayerKind>::first);
            fields.fail("kind", fmt::format("unknown kind {}{}", quoted_name(word), did_you_mean(word, words)));
        }
        kind = found->second;
    }
    std::vector<std::string> known;
    std::ranges::transform(format.fields, std::back_inserter(known), &LayerField::name);
    fields.check_known(known);
    for (const LayerField& field : format.fields) {
        const bool applies = field.applies(kind);
        if (!applies && fields.has(field.name)) {
            fields.fail(field.name,
                        fmt::format("does not apply to a layer of kind {}; remove it", format.kind_name(kind)));
        }
        if (applies && field.required && !fields.has(field.name)) {
            fields.fail(field.name, "missing; add it");
        }
    }
    return kind;
}

void read_window(const NetworkFields& fields, const LayerFormat& format, Layer& layer) {
    if (fields.has("stride")) {
        const std::vector<int> stride = fields.integers("stride", 2, "an integer or [vertical, horizontal]", true);
        layer.stride_y = stride[0];
        layer.stride_x = stride[1];
    }
    if (fields.has("dilation")) {
        const std::vector<int> dilation = fields.integers("dilation", 2, "an integer or [vertical, horizontal]", true);
        layer.dilation_y = dilation[0];
        layer.dilation_x = dilation[1];
    }
    if (const std::string name = format.name_of("pad"); fields.has(name)) {
        const std::vector<int> pad = fields.integers(name, 4, "an integer or [top, left, bottom, right]", true);
        layer.pad = {pad[0], pad[1], pad[2], pad[3]};
    }
    if (fields.has("groups")) {
        layer.groups = fields.integer("groups");
    }
}

void validate_layer(const NetworkFields& fields, const LayerFormat& format, const Layer& layer) {
    try {
        validate(layer);
    } catch (const LayerError& error) {
        fields.fail(format.name_of(error.field()), error.problem());
    }
}

void LayerNames::add(const NetworkFields& fields) {
    const std::string name = fields.text("name");
    if (name.empty() || name.find_first_of(" ,") != std::string::npos) {
        fields.fail("name", fmt::format("{} is empty or has a space or comma; leave them out", quoted_name(name)));
    }
    check_name_length(fields, "name", name);
    if (name == network_input) {
        fields.fail("name", "'input' stands for the input of the network; choose another name");
    }
    const auto [first, is_new] = places_.emplace(name, names_.size());
    if (!is_new) {
        fields.fail("name", fmt::format("{} is the name of layer {} too; choose another name", quoted_name(name),
                                        first->second + 1));
    }
    names_.push_back(name);
}

std::optional<std::size_t> LayerNames::find(const std::string& name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace nonzero
