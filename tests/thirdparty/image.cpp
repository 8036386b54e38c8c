#include "tests/thirdparty/image.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace thirdparty {

namespace {

using nlohmann::json;

constexpr int kSchema = 1;

void demand(bool condition, const std::string& what) {
    if (!condition) {
        throw std::runtime_error("image: " + what);
    }
}

std::vector<std::uint8_t> read_bytes(const std::filesystem::path& file, std::uint64_t size) {
    std::ifstream stream(file, std::ios::binary);
    demand(stream.good(), file.string() + " cannot be read");
    std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    demand(bytes.size() == size, file.string() + " has another size than the manifest says");
    return bytes;
}

PackedLayer read_layer(const json& entry, const std::filesystem::path& folder) {
    PackedLayer layer;
    layer.name = entry.at("name");
    for (const json& segment : entry.at("segments")) {
        layer.segments.push_back({segment.at("name"), segment.at("address"),
                                  read_bytes(folder / std::string(segment.at("file")), segment.at("size"))});
    }
    layer.descriptor_address = entry.at("descriptor_address");
    layer.descriptor_count = entry.at("descriptor_count");
    layer.status_records = entry.at("status_records");
    layer.output = {entry.at("output").at("address"), entry.at("output").at("capacity")};
    const json& expected = entry.at("expected");
    layer.expected = read_bytes(folder / std::string(expected.at("file")), expected.at("size"));
    const std::string format = entry.at("format");
    demand(format == "raw64" || format == "compressed", layer.name + " has the unknown format " + format);
    layer.raw64 = format == "raw64";
    demand(layer.expected.size() <= layer.output.size, layer.name + " expects more output than there is room for");
    return layer;
}

}  // namespace

nz_descriptor PackedLayer::descriptor(std::uint64_t address) const {
    for (const Segment& segment : segments) {
        if (address >= segment.address && address - segment.address + sizeof(nz_descriptor) <= segment.bytes.size()) {
            nz_descriptor found{};
            std::memcpy(&found, segment.bytes.data() + (address - segment.address), sizeof found);
            return found;
        }
    }
    throw std::runtime_error("image: " + name + " has no descriptor there");
}

std::vector<std::uint64_t> PackedLayer::descriptor_addresses() const {
    std::vector<std::uint64_t> addresses{descriptor_address};
    while (addresses.size() < descriptor_count) {
        addresses.push_back(descriptor(addresses.back()).next);
    }
    return addresses;
}

bool Image::has_parameter(const std::string& name) const {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&name](const auto& parameter) { return parameter.first == name; });
}

Image read_image(const std::filesystem::path& manifest) {
    std::ifstream stream(manifest);
    demand(stream.good(), manifest.string() + " cannot be read");
    const json root = json::parse(stream);
    demand(root.at("schema") == kSchema, "the manifest has another schema");
    demand(root.at("interface").at("id") == NZ_ID_VALUE, "the manifest is for another interface");
    demand(root.at("interface").at("version") == NZ_INTERFACE_VERSION, "the manifest is for another version");

    Image image;
    image.platform = root.at("platform");
    for (const auto& [name, value] : root.at("parameters").items()) {
        image.parameters.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    image.base = root.at("memory").at("base");
    image.end = root.at("memory").at("end");
    for (const json& entry : root.at("layers")) {
        image.layers.push_back(read_layer(entry, manifest.parent_path()));
        for (const Segment& segment : image.layers.back().segments) {
            demand(segment.address >= image.base && segment.address + segment.bytes.size() <= image.end,
                   segment.name + " lies outside the image");
        }
    }
    demand(!image.layers.empty(), "the manifest has no layer");
    return image;
}

Image join(Image low, const Image& high) {
    demand(low.platform == high.platform && low.parameters == high.parameters && low.end <= high.base,
           "these two do not go together");
    low.end = high.end;
    low.layers.insert(low.layers.end(), high.layers.begin(), high.layers.end());
    return low;
}

}  // namespace thirdparty
