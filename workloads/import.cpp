#include "workloads/import.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/endian/arithmetic.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "workloads/error.h"
#include "workloads/json_document.h"
#include "workloads/network_fields.h"
#include "workloads/npz.h"
#include "workloads/quoted_name.h"

namespace nonzero {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string file_in(const std::string& directory, const std::string& file) {
    return (std::filesystem::path(directory) / file).string();
}

std::string read_text(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream || text.empty()) {
        throw InputError(file + ": cannot be read or is empty; name a directory with network.json and .npz files");
    }
    return text;
}

// What is called depthwise but has one channel or fewer groups than channels is a convolution.
LayerKind kind_of(const NetworkFields& fields, const Layer& layer) {
    const std::string kind = fields.text("kind");
    if (kind == "fc") {
        return LayerKind::fully_connected;
    }
    if (kind != "conv" && kind != "depthwise") {
        fields.fail("kind", fmt::format("unknown kind {}; known: conv, depthwise, fc", quoted_name(kind)));
    }
    const bool by_channel = layer.groups > 1 && layer.groups == layer.C;
    return kind == "depthwise" && by_channel ? LayerKind::depthwise : LayerKind::convolution;
}

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
    PhotoEntry entry;
    entry.photo = {name, fields.text("y_sha256_nobias", ""), fields.text("y_sha256_bias", ""),
                   count_of(fields, "nz_macs")};
    entry.input_shape = fields.integers("x_shape", 3, "[C, H, W]", false);
    entry.output_shape = fields.integers("y_shape", 3, "[K, P, Q]", false);
    return entry;
}

// photo_order: the same "photos" object in the order of the file, which json loses.
std::vector<PhotoEntry> read_photos(const NetworkFields& fields, const json& photos, const ordered_json& photo_order) {
    std::vector<PhotoEntry> entries;
    for (const auto& item : photo_order.items()) {
        const std::string where = fmt::format("{}, photo {}", fields.where(), quoted_name(item.key()));
        const json& photo = photos[item.key()];
        if (!photo.is_object()) {
            throw InputError(where + ": is not an object");
        }
        entries.push_back(read_photo(NetworkFields(photo, where), item.key()));
        if (entries.back().input_shape != entries.front().input_shape) {
            throw InputError(where + ": x_shape differs from that of the first photo");
        }
    }
    return entries;
}

void read_window(const NetworkFields& fields, Layer& layer) {
    const auto stride = fields.integers("stride", 2, "[vertical, horizontal]", false);
    const auto pad = fields.integers("pad_tlbr", 4, "[top, left, bottom, right]", false);
    layer.stride_y = stride[0];
    layer.stride_x = stride[1];
    layer.pad = {pad[0], pad[1], pad[2], pad[3]};
    layer.groups = fields.integer("groups");
}

void read_shapes(const NetworkFields& fields, const PhotoEntry& photo, Layer& layer) {
    const auto weights = fields.integers("w_shape", 4, "[K, C / groups, KH, KW]", false);
    layer.K = weights[0];
    layer.KH = weights[2];
    layer.KW = weights[3];
    layer.C = photo.input_shape[0];
    layer.H = photo.input_shape[1];
    layer.W = photo.input_shape[2];
    layer.kind = kind_of(fields, layer);
    try {
        validate(layer);
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", fields.where(), error.what()));
    }
    if (weights[1] != layer.C / layer.groups) {
        fields.fail("w_shape", fmt::format("has {} channels per filter where {} channels in {} groups need {}",
                                           weights[1], layer.C, layer.groups, layer.C / layer.groups));
    }
    if (photo.output_shape != std::vector<int>{layer.K, layer.P(), layer.Q()}) {
        fields.fail("photos", fmt::format("y_shape is {}, the layer's output {}x{}x{}",
                                          fmt::join(photo.output_shape, "x"), layer.K, layer.P(), layer.Q()));
    }
}

RealLayer read_layer(const json& object, const ordered_json& ordered, const std::string& where) {
    if (!object.is_object()) {
        throw InputError(where + ": is not an object");
    }
    const NetworkFields fields(object, where);
    RealLayer real;
    real.layer.name = fields.text("name");
    real.file = fields.text("file");
    real.input_file = fields.text("x_file", real.file);
    if (!object.contains("photos") || !object["photos"].is_object() || object["photos"].empty()) {
        fields.fail("photos", "is not an object of at least one photo");
    }
    const auto photos = read_photos(fields, object["photos"], ordered["photos"]);
    for (const PhotoEntry& entry : photos) {
        real.photos.push_back(entry.photo);
    }
    read_window(fields, real.layer);
    read_shapes(fields, photos.front(), real.layer);
    // Quantised networks have no fraction bits: their operands are q - zero point, 9 bits of 8-bit numbers.
    const bool fixed_point = !object.contains("x_frac_bits") || !object["x_frac_bits"].is_null();
    real.weight_bits = fixed_point ? 16 : 9;
    real.activation_bits = fixed_point ? 16 : 9;
    return real;
}

}  // namespace

RealNetwork RealNetwork::open(const std::string& directory) {
    RealNetwork network;
    network.directory_ = directory;
    const std::string file = file_in(directory, "network.json");
    const std::string text = read_text(file);
    // A field given twice is refused, so the second reading agrees.
    const json root = parse_json_document(text, file, "layer", "docs/network_format.md");
    const auto ordered = ordered_json::parse(text);
    if (!root.is_object() || !root.contains("layers") || !root["layers"].is_array() || root["layers"].empty()) {
        throw InputError(file + ": has no list 'layers' of at least one layer");
    }
    network.title_ = NetworkFields(root, file).text("network", "");
    for (std::size_t i = 0; i < root["layers"].size(); ++i) {
        const std::string where = fmt::format("{}, layer {}", file, i + 1);
        RealLayer real = read_layer(root["layers"][i], ordered["layers"][i], where);
        if (network.find(real.layer.name) != nullptr) {
            throw InputError(fmt::format("{}: a second layer has the name {}", where, quoted_name(real.layer.name)));
        }
        network.layers_.push_back(std::move(real));
    }
    return network;
}

const RealLayer* RealNetwork::find(const std::string& layer_name) const {
    const auto found =
        std::ranges::find_if(layers_, [&layer_name](const RealLayer& real) { return real.layer.name == layer_name; });
    return found == layers_.end() ? nullptr : &*found;
}

LayerTensors RealNetwork::load(const RealLayer& real, const std::string& photo) const {
    const std::string& chosen = photo.empty() ? real.photos.front().name : photo;
    if (std::ranges::find(real.photos, chosen, &RealPhoto::name) == real.photos.end()) {
        std::vector<std::string> names;
        std::ranges::transform(real.photos, std::back_inserter(names), &RealPhoto::name);
        throw InputError(fmt::format("{}, layer {}: no photo {}; it has {}", directory_, quoted_name(real.layer.name),
                                     quoted_name(chosen), fmt::join(names, ", ")));
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

std::string sha256_of(const Psums& values) {
    const std::vector<boost::endian::little_int64_t> bytes(values.data.begin(), values.data.end());
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int digest_bytes = 0;
    if (EVP_Digest(bytes.data(), bytes.size() * sizeof(std::int64_t), digest.data(), &digest_bytes, EVP_sha256(),
                   nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not available in the crypto library");
    }
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + digest_bytes, ""));
}

}  // namespace nonzero
