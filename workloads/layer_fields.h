#pragma once
// The fields of one layer, read in one place for every file that lists layers: network files (docs/network_format.md)
// and the network.json of a data set (docs/data_set_format.md). A format holds the words of such a file; what they
// mean, which kinds they apply to and the order of the checks do not depend on it. A new kind or field is a row of a
// format and its reading in read_window() or where the file's shapes are read. Problems are InputErrors with layer and
// field.

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "workloads/error.h"
#include "workloads/layer.h"
#include "workloads/network_fields.h"

namespace nonzero {

// What validate() throws: the field goes by its name in a network file.
class LayerError : public InputError {
  public:
    LayerError(const std::string& layer, std::string field, std::string problem);
    const std::string& field() const { return field_; }
    const std::string& problem() const { return problem_; }

  private:
    std::string field_;
    std::string problem_;
};

struct LayerField {
    std::string name;
    bool (*applies)(LayerKind);
    bool required = false;  // where it applies, and nothing else can say it
};

struct LayerFormat {
    std::vector<std::pair<std::string, LayerKind>> kinds;  // as the file calls them
    std::optional<LayerKind> usual_kind;                   // of a layer that does not say its kind
    std::vector<LayerField> fields;
    // What goes by another name than in a network file, from that name: validate() speaks of a network file's fields.
    std::vector<std::pair<std::string, std::string>> other_names;

    std::string name_of(const std::string& network_field) const;
    std::string kind_name(LayerKind kind) const;
};

const LayerFormat& network_file_format();
const LayerFormat& data_set_format();

// The reader of layers[index], which must be an object; it calls the layer by its name, or by its place without one.
NetworkFields layer_fields(const nlohmann::json& layers, std::size_t index, const std::string& origin);

// Refuses a name that would make every line that shows it unreadable.
void check_name_length(const NetworkFields& fields, const std::string& field, const std::string& name);

// The kind of a layer, of which every field is known and applies to it. A wrong kind is reported before a field that is
// wrong with it.
LayerKind check_layer_fields(const NetworkFields& fields, const LayerFormat& format);

// Stride, dilation, padding and groups; what is absent keeps its default. layer.C is read before.
void read_window(const NetworkFields& fields, const LayerFormat& format, Layer& layer);

// validate() in the words of the file.
void validate_layer(const NetworkFields& fields, const LayerFormat& format, const Layer& layer);

// The names of a file's layers in its order: each one word, unique, and not that of the network's input.
class LayerNames {
  public:
    inline static const std::string network_input = "input";

    void add(const NetworkFields& fields);  // reads the name of the next layer
    const std::string& operator[](std::size_t index) const { return names_[index]; }
    const std::vector<std::string>& all() const { return names_; }
    std::optional<std::size_t> find(const std::string& name) const;

  private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace nonzero
