#include "workloads/import.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/endian/arithmetic.hpp>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workloads/error.h"
#include "workloads/file_descriptor.h"
#include "workloads/json_document.h"
#include "workloads/layer_fields.h"
#include "workloads/network_fields.h"
#include "workloads/npz.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;

namespace {

std::string file_in(const std::string& directory, const std::string& file) {
    return (std::filesystem::path(directory) / file).string();
}

std::string read_text(const std::string& file) {
    const std::string advice = "name a directory with network.json and .npz files";
    std::string text = read_input(file, "data set's file " + quoted_name(file), advice);
    if (text.empty()) {
        throw InputError(fmt::format("data set's file {} is empty; {}", quoted_name(file), advice));
    }
    return text;
}

// The others are there for people.
const std::vector<std::string> data_set_fields = {"network", "weights_source", "licence",      "input",
                                                  "integer", "photos",         "files_sha256", "training_log",
                                                  "warning", "edges",          "element_type", "layers"};
const std::vector<std::string> photo_fields = {"x_shape",         "x_nnz",    "x_density",
                                               "x_density_float", "y_shape",  "y_sha256_nobias",
                                               "y_sha256_bias",   "y_absmax", "y_after_relu_density",
                                               "dense_macs",      "nz_macs"};

std::uint64_t count_of(const NetworkFields& fields, const std::string& name) {
    constexpr double largest = 9007199254740992.0;  // 2^53: integers up to here are exact
    const double count = fields.number(name).value_or(0);
    if (!(count >= 0 && count <= largest)) {
        fields.fail(name, "is not a count");
    }
    return static_cast<std::uint64_t>(count);
}

struct PhotoEntry {
    RealPhoto photo;
    std::vector<int> input_shape;
    std::vector<int> output_shape;
};

PhotoEntry read_photo(const NetworkFields& fields, const std::string& name) {
    fields.check_known(photo_fields);
    PhotoEntry entry;
    entry.photo = {name, fields.text("y_sha256_nobias", ""), fields.text("y_sha256_bias", ""),
                   count_of(fields, "nz_macs")};
    entry.input_shape = fields.integers("x_shape", 3, "[C, H, W]", false);
    entry.output_shape = fields.integers("y_shape", 3, "[K, P, Q]", false);
    return entry;
}

// The names of the photos of each layer in the order of the file.
class PhotoOrders {
  public:
    void see(int depth, const std::string& field) {
        if (depth == 1) {
            in_layers_ = field == "layers";
        } else if (depth == 3) {  // of a layer, behind the root and the list
            in_photos_ = in_layers_ && field == "photos";
            if (in_photos_) {
                names_.emplace_back();
            }
        } else if (depth == 4 && in_photos_) {
            names_.back().push_back(field);
        }
    }
    // Where every layer up to this one has photos.
    const std::vector<std::string>& of_layer(std::size_t index) const { return names_.at(index); }

  private:
    bool in_layers_ = false;
    bool in_photos_ = false;
    std::vector<std::vector<std::string>> names_;
};

std::vector<PhotoEntry> read_photos(const NetworkFields& fields, const json& photos,
                                    const std::vector<std::string>& names) {
    std::vector<PhotoEntry> entries;
    for (const std::string& name : names) {
        const std::string where = fmt::format("{}, photo {}", fields.where(), quoted_name(name));
        check_name_length(fields, "photos", name);
        if (!is_printable(name)) {
            fields.fail("photos",
                        fmt::format("the name {} has a control character; choose another", quoted_name(name)));
        }
        const json& photo = photos[name];
        if (!photo.is_object()) {
            throw InputError(where + ": is not an object");
        }
        entries.push_back(read_photo(NetworkFields(photo, where), name));
        if (entries.back().input_shape != entries.front().input_shape) {
            throw InputError(where + ": x_shape differs from that of the first photo");
        }
    }
    return entries;
}

void read_shapes(const NetworkFields& fields, const PhotoEntry& photo, Layer& layer) {
    const auto weights = fields.integers("w_shape", 4, "[K, C / groups, KH, KW]", false);
    layer.K = weights[0];
    layer.KH = weights[2];
    layer.KW = weights[3];
    layer.C = photo.input_shape[0];
    layer.H = photo.input_shape[1];
    layer.W = photo.input_shape[2];
    read_window(fields, data_set_format(), layer);
    // What is called depthwise but has one channel or fewer groups than channels is a convolution.
    if (layer.kind == LayerKind::depthwise && (layer.groups == 1 || layer.groups != layer.C)) {
        layer.kind = LayerKind::convolution;
    }
    validate_layer(fields, data_set_format(), layer);
    if (weights[1] != layer.C / layer.groups) {
        fields.fail("w_shape", fmt::format("has {} channels per filter where {} channels in {} groups need {}",
                                           weights[1], layer.C, layer.groups, layer.C / layer.groups));
    }
    if (photo.output_shape != std::vector<int>{layer.K, layer.P(), layer.Q()}) {
        fields.fail("photos", fmt::format("y_shape is {}, the layer's output {}x{}x{}",
                                          fmt::join(photo.output_shape, "x"), layer.K, layer.P(), layer.Q()));
    }
}

RealLayer read_layer(const NetworkFields& fields, const json& object, const PhotoOrders& orders, std::size_t index) {
    RealLayer real;
    real.layer.kind = check_layer_fields(fields, data_set_format());
    real.file = fields.text("file");
    real.input_file = fields.text("x_file", real.file);
    if (!object["photos"].is_object() || object["photos"].empty()) {
        fields.fail("photos", "is not an object of at least one photo");
    }
    const auto photos = read_photos(fields, object["photos"], orders.of_layer(index));
    for (const PhotoEntry& entry : photos) {
        real.photos.push_back(entry.photo);
    }
    read_shapes(fields, photos.front(), real.layer);
    // Quantised networks have no fraction bits: their operands are q - zero point, 9 bits of 8-bit numbers.
    const bool fixed_point = !object.contains("x_frac_bits") || !object["x_frac_bits"].is_null();
    real.weight_bits = fixed_point ? 16 : 9;
    real.activation_bits = fixed_point ? 16 : 9;
    return real;
}

template <class Stored, class T>
std::string sha256_of_numbers(const std::vector<T>& values) {
    const std::vector<Stored> bytes(values.begin(), values.end());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int digest_bytes = 0;
    if (EVP_Digest(bytes.data(), bytes.size() * sizeof(Stored), digest.data(), &digest_bytes, EVP_sha256(), nullptr) !=
        1) {
        throw std::runtime_error("SHA-256 is not available in the crypto library");
    }
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + digest_bytes, ""));
}

}  // namespace

RealNetwork RealNetwork::open(const std::string& directory) {
    RealNetwork network;
    network.directory_ = directory;
    const std::string text = read_text(file_in(directory, "network.json"));
    const std::string file = network.document_name();
    PhotoOrders orders;
    network.document_ = std::make_shared<const json>(
        parse_json_document(text, file, "layer", "docs/data_set_format.md",
                            [&orders](int depth, const std::string& field) { orders.see(depth, field); }));
    const json& root = *network.document_;
    if (!root.is_object() || !root.contains("layers") || !root["layers"].is_array() || root["layers"].empty()) {
        throw InputError(file + ": has no list 'layers' of at least one layer");
    }
    const NetworkFields fields(root, file);
    fields.check_known(data_set_fields);
    network.title_ = fields.text("network", "");
    LayerNames names;
    for (std::size_t i = 0; i < root["layers"].size(); ++i) {
        const NetworkFields layer = layer_fields(root["layers"], i, file);
        RealLayer real = read_layer(layer, root["layers"][i], orders, i);
        names.add(layer);
        real.layer.name = names[i];
        network.places_.emplace(names[i], i);
        network.layers_.push_back(std::move(real));
    }
    return network;
}

const RealLayer* RealNetwork::find(const std::string& layer_name) const {
    const auto found = places_.find(layer_name);
    return found == places_.end() ? nullptr : &layers_[found->second];
}

LayerTensors RealNetwork::load(const RealLayer& real, const std::string& photo) const {
    const std::string& chosen = photo.empty() ? real.photos.front().name : photo;
    if (std::ranges::find(real.photos, chosen, &RealPhoto::name) == real.photos.end()) {
        std::vector<std::string> names;
        std::ranges::transform(real.photos, std::back_inserter(names), &RealPhoto::name);
        throw InputError(fmt::format("{}, layer {}: no photo {}; it has {}", shown_text(directory_),
                                     quoted_name(real.layer.name), quoted_name(chosen), listed_names(names)));
    }
    LayerTensors tensors;
    const NpzFile file(file_in(directory_, real.file));
    tensors.weights = file.read<std::int16_t>("w", real.layer.weight_shape());
    if (file.has("b")) {
        tensors.bias = file.read<std::int64_t>("b", {std::size_t(real.layer.K)}).data;
    }
    const NpzFile input_file(file_in(directory_, real.input_file));
    tensors.input = input_file.read<std::int16_t>("x_" + chosen, real.layer.input_shape());
    return tensors;
}

std::vector<double> RealNetwork::weight_scales(const RealLayer& real) const {
    return NpzFile(file_in(directory_, real.file)).read<double>("wscale", {std::size_t(real.layer.K)}).data;
}

std::string RealNetwork::document_name() const {
    return shown_text(file_in(directory_, "network.json"));
}

std::string sha256_of(const Psums& values) {
    return sha256_of_numbers<boost::endian::little_int64_t>(values.data);
}

std::string sha256_of(const Operands& values) {
    return sha256_of_numbers<boost::endian::little_int16_t>(values.data);
}

}  // namespace nonzero
