#pragma once
// The memory image of some layers as a packing tool wrote it: manifest.json and the files beside it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "models/host/host_interface.h"

namespace thirdparty {

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Segment {
    std::string name;
    std::uint64_t address = 0;
    std::vector<std::uint8_t> bytes;
};

struct PackedLayer {
    std::string name;
    std::vector<Segment> segments;
    std::uint64_t descriptor_address = 0;
    std::uint32_t descriptor_count = 0;
    std::uint64_t status_records = 0;
    nz_region output{};
    std::vector<std::uint8_t> expected;
    bool raw64 = false;

    // In the order of the chain.
    std::vector<std::uint64_t> descriptor_addresses() const;
    nz_descriptor descriptor(std::uint64_t address) const;
};

struct Image {
    std::string platform;
    Settings parameters;
    std::uint64_t base = 0;
    std::uint64_t end = 0;
    std::vector<PackedLayer> layers;

    bool has_parameter(const std::string& name) const;
};

// Throws std::runtime_error when the manifest does not hold what it promises.
Image read_image(const std::filesystem::path& manifest);

// Both images as one; they are made for the same platform and do not overlap.
Image join(Image low, const Image& high);

}  // namespace thirdparty
