#include "study/pack_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "models/host/host_interface.h"
#include "study/version.h"

namespace nonzero {

namespace {

constexpr int kManifestSchema = 1;

std::string define(const std::string& name, std::uint64_t value) {
    return fmt::format("#define {} {:#x}ull\n", name, value);
}

}  // namespace

std::string folder_name(const std::string& layer) {
    std::string name = layer;
    std::replace(name.begin(), name.end(), '/', '_');
    if (name.starts_with('.')) {
        name.front() = '_';
    }
    return name;
}

std::string macro_name(const std::string& layer) {
    std::string name = layer;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char character) {
        return std::isalnum(character) != 0 ? char(std::toupper(character)) : '_';
    });
    return "NZ_IMAGE_" + name;
}

Manifest::Manifest(const std::string& platform, nlohmann::ordered_json parameters, std::uint64_t base) {
    (*json_)["schema"] = kManifestSchema;
    (*json_)["tool"] = tool_version();
    (*json_)["platform"] = platform;
    (*json_)["parameters"] = std::move(parameters);
    (*json_)["interface"] = {{"id", NZ_ID_VALUE}, {"version", NZ_INTERFACE_VERSION}};
    (*json_)["memory"] = {{"base", base}, {"end", base}};
    // Parameters that no image depends on, but the memory that the platform is bound to.
    (*json_)["advice"] = {
        {"dma.alignment", "natural where memory takes naturally aligned bursts only, as DRAMSys does"},
        {"dma.timeout", "cycles after which memory that does not answer is an error; 0 waits for ever"}};
    (*json_)["layers"] = nlohmann::ordered_json::array();
}

void Manifest::add(const PackedLayer& layer) {
    const MemoryImage& image = layer.image;
    const std::string folder = folder_name(layer.name);
    nlohmann::ordered_json json;
    json["name"] = layer.name;
    json["segments"] = nlohmann::ordered_json::array();
    for (const MemorySegment& segment : image.segments) {
        json["segments"].push_back({{"name", segment.name},
                                    {"file", folder + "/" + segment.name + ".bin"},
                                    {"address", segment.address},
                                    {"size", segment.bytes.size()}});
    }
    json["descriptor_address"] = image.descriptor_address;
    json["descriptor_count"] = image.descriptor_count;
    json["status_records"] = image.status_records;
    std::size_t expected = 0;
    nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
    for (std::size_t n = 0; n < image.outputs.size(); ++n) {
        const nz_region& region = image.outputs[n].region;
        outputs.push_back({{"descriptor", image.outputs[n].descriptor},
                           {"address", region.address},
                           {"capacity", region.size},
                           {"size", layer.expected[n].size()}});
        expected += layer.expected[n].size();
    }
    json["output"] = {{"address", outputs[0]["address"]}, {"capacity", outputs[0]["capacity"]}};
    json["expected"] = {{"file", folder + "/" + kExpectedFile}, {"size", expected}};
    if (outputs.size() > 1) {
        json["outputs"] = std::move(outputs);
    }
    json["format"] = layer.raw64 ? "raw64" : "compressed";
    if (!layer.pooling->is_null()) {
        json["pooling"] = *layer.pooling;
    }
    (*json_)["layers"].push_back(std::move(json));
    (*json_)["memory"]["end"] = image.end;
}

void Manifest::set_left_out(const Coverage& coverage) {
    (*json_)["left_out"] = coverage.to_json();
}

nlohmann::ordered_json Manifest::to_json() const {
    return *json_;
}

std::string Manifest::c_header() const {
    std::string text = fmt::format("/* Written by {}: the numbers of manifest.json for firmware. */\n", tool_version());
    text += "#ifndef NONZERO_IMAGE_H\n#define NONZERO_IMAGE_H\n\n";
    text += define("NZ_IMAGE_BASE", (*json_)["memory"]["base"]);
    text += define("NZ_IMAGE_END", (*json_)["memory"]["end"]);
    text += define("NZ_IMAGE_LAYERS", (*json_)["layers"].size());
    for (const auto& layer : (*json_)["layers"]) {
        const std::string name = macro_name(layer["name"]);
        text += "\n";
        text += define(name + "_DESCRIPTOR_ADDRESS", layer["descriptor_address"]);
        text += define(name + "_DESCRIPTOR_COUNT", layer["descriptor_count"]);
        text += define(name + "_STATUS_RECORDS", layer["status_records"]);
        text += define(name + "_OUTPUT_ADDRESS", layer["output"]["address"]);
        text += define(name + "_OUTPUT_CAPACITY", layer["output"]["capacity"]);
        text += define(name + "_EXPECTED_SIZE", layer["expected"]["size"]);
        const auto outputs = layer.value("outputs", nlohmann::ordered_json::array());
        for (std::size_t n = 0; n < outputs.size(); ++n) {
            const std::string prefix = fmt::format("{}_OUTPUT_{}", name, n);
            text += define(prefix + "_ADDRESS", outputs[n]["address"]);
            text += define(prefix + "_CAPACITY", outputs[n]["capacity"]);
            text += define(prefix + "_SIZE", outputs[n]["size"]);
        }
        for (const auto& segment : layer["segments"]) {
            const std::string prefix = name + "_" + macro_name(segment["name"]).substr(sizeof "NZ_IMAGE_" - 1);
            text += define(prefix + "_ADDRESS", segment["address"]);
            text += define(prefix + "_SIZE", segment["size"]);
        }
    }
    return text + "\n#endif\n";
}

}  // namespace nonzero
