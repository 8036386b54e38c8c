// `nonzero pack`: the image is whole and consistent, and a platform that is given nothing else writes the expected
// bytes.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>

#include "platforms/script.h"
#include "platforms/standalone.h"
#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using nlohmann::json;

namespace {

struct Range {
    std::uint64_t begin;
    std::uint64_t end;
};

class Image {
  public:
    explicit Image(const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"pack", "scnn", "--network", folder_.network(), "--out", path()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        outcome = run_program(arguments);
        INFO(outcome.errors);
        REQUIRE(outcome.status == 0);
        manifest = json::parse(bytes("manifest.json"));
    }
    std::string path() const { return folder_.file("image"); }
    std::string bytes(const std::string& file) const { return read_bytes(path() + "/" + file); }

    Outcome outcome;
    json manifest;

  private:
    SmallFolder folder_;
};

std::vector<Range> ranges_of(const json& layer) {
    std::vector<Range> ranges;
    const auto add = [&](std::uint64_t address, std::uint64_t size) { ranges.push_back({address, address + size}); };
    for (const auto& segment : layer["segments"]) {
        add(segment["address"], segment["size"]);
    }
    add(layer["status_records"], layer["descriptor_count"].get<std::uint64_t>() * sizeof(nz_status_record));
    add(layer["output"]["address"], layer["output"]["capacity"]);
    return ranges;
}

MemoryImage memory_image(const Image& image, const json& layer) {
    MemoryImage memory;
    for (const auto& segment : layer["segments"]) {
        const std::string bytes = image.bytes(segment["file"]);
        memory.segments.push_back({segment["name"], segment["address"], {bytes.begin(), bytes.end()}});
    }
    memory.descriptor_address = layer["descriptor_address"];
    memory.descriptor_count = layer["descriptor_count"];
    memory.status_records = layer["status_records"];
    const json single = {{{"descriptor", memory.descriptor_count - 1},
                          {"address", layer["output"]["address"]},
                          {"capacity", layer["output"]["capacity"]}}};
    for (const json& output : layer.value("outputs", single)) {
        memory.outputs.push_back({output["descriptor"], {output["address"], output["capacity"]}});
    }
    return memory;
}

// Runs every layer of the image and compares the memory afterwards.
void run_and_compare(const Image& image) {
    PlatformOptions options;
    for (const auto& [name, value] : image.manifest["parameters"].items()) {
        options.parameters.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    DramParameters dram;
    dram.base = image.manifest["memory"]["base"];
    dram.size = image.manifest["memory"]["end"].get<std::uint64_t>() - dram.base;  // not a byte more
    std::size_t compared = 0;
    Standalone machine("machine", image.manifest["platform"], options, dram);
    const Script script("script", [&] {
        for (const auto& layer : image.manifest["layers"]) {
            INFO(layer["name"]);
            machine.host.reset_platform();
            const HostOutcome outcome = machine.host.run(memory_image(image, layer));
            CHECK(outcome.done);
            const std::string expected = image.bytes(layer["expected"]["file"]);
            CHECK(outcome.records.back().output_bytes == layer["expected"]["size"]);
            CHECK(std::string(outcome.output.begin(), outcome.output.end()) == expected);
            ++compared;
        }
    });
    sc_core::sc_start();
    script.check();
    CHECK(compared == 4);
}

}  // namespace

TEST_CASE("sizes, addresses and the header agree") {
    const Image image({"--base", "0x140000000"});
    const json& manifest = image.manifest;
    CHECK(manifest["schema"] == 1);
    CHECK(manifest["platform"] == "scnn");
    CHECK(manifest["interface"]["id"] == NZ_ID_VALUE);
    CHECK(manifest["interface"]["version"] == NZ_INTERFACE_VERSION);
    CHECK(manifest["memory"]["base"] == 0x140000000u);
    for (const auto& [parameter, ignored] : manifest["advice"].items()) {
        CHECK(manifest["parameters"].contains(parameter));
    }
    CHECK(manifest["advice"].contains("dma.alignment"));
    REQUIRE(manifest["layers"].size() == 4);
    CHECK(manifest["layers"][1]["segments"][0]["file"] == "block_conv2/descriptors.bin");
    std::vector<Range> all;
    for (const auto& layer : manifest["layers"]) {
        CHECK(layer["format"] == "compressed");
        CHECK(layer["descriptor_address"].get<std::uint64_t>() % NZ_DESCRIPTOR_ALIGNMENT == 0);
        CHECK(layer["status_records"].get<std::uint64_t>() % 8 == 0);
        CHECK(image.bytes(layer["expected"]["file"]).size() == layer["expected"]["size"]);
        CHECK(layer["expected"]["size"] <= layer["output"]["capacity"]);
        CHECK(layer["expected"]["size"] > 0);
        for (const auto& segment : layer["segments"]) {
            CHECK(image.bytes(segment["file"]).size() == segment["size"]);
            CHECK(segment["address"].get<std::uint64_t>() % 256 == 0);
            if (segment["name"] == "descriptors") {
                CHECK(segment["address"] == layer["descriptor_address"]);
                CHECK(segment["size"] == layer["descriptor_count"].get<std::uint64_t>() * NZ_DESCRIPTOR_SIZE);
            }
        }
        for (const Range& range : ranges_of(layer)) {
            CHECK(range.begin >= manifest["memory"]["base"]);
            CHECK(range.end <= manifest["memory"]["end"]);
            all.push_back(range);
        }
    }
    for (std::size_t a = 0; a < all.size(); ++a) {
        for (std::size_t b = a + 1; b < all.size(); ++b) {
            CHECK((all[a].end <= all[b].begin || all[b].end <= all[a].begin));
        }
    }

    const std::string header = image.bytes("image.h");
    const auto defined = [&](const std::string& name) -> std::uint64_t {
        std::smatch match;
        INFO(name);
        REQUIRE(std::regex_search(header, match, std::regex("#define " + name + " (0x[0-9a-f]+)ull\n")));
        return std::stoull(match[1], nullptr, 16);
    };
    const json& layer = manifest["layers"][1];
    CHECK(defined("NZ_IMAGE_BASE") == manifest["memory"]["base"]);
    CHECK(defined("NZ_IMAGE_END") == manifest["memory"]["end"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_DESCRIPTOR_ADDRESS") == layer["descriptor_address"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_DESCRIPTOR_COUNT") == layer["descriptor_count"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_STATUS_RECORDS") == layer["status_records"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_OUTPUT_ADDRESS") == layer["output"]["address"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_EXPECTED_SIZE") == layer["expected"]["size"]);
    CHECK(defined("NZ_IMAGE_BLOCK_CONV2_WEIGHTS_SIZE") == image.bytes("block_conv2/weights.bin").size());
}

TEST_CASE("the platform turns a compressed image into the expected bytes") {
    run_and_compare(Image({"--set", "pe.rows=4"}));
}

TEST_CASE("the platform turns a RAW64 image into the expected bytes") {
    const Image image({"--output", "raw64", "--base", "0x100000000", "--seed", "9"});
    CHECK(image.manifest["layers"][0]["format"] == "raw64");
    run_and_compare(image);
}

TEST_CASE("a second image replaces the first") {
    const SmallFolder folder;
    const auto pack = [&](const std::string& seed) {
        const Outcome outcome = run_program({"pack", "scnn", "--network", folder.network(), "--layers", "conv1",
                                             "--out", folder.file("image"), "--seed", seed});
        CHECK(outcome.status == 0);
        return read_bytes(folder.file("image/conv1/weights.bin"));
    };
    const std::string first = pack("1");
    CHECK(pack("2") != first);
    CHECK(pack("1") == first);
}

TEST_CASE("pack writes through no link inside its folder") {
    const SmallFolder folder;
    const std::vector<std::string> arguments{"pack",     "scnn",  "--network", folder.network(),
                                             "--layers", "conv1", "--out",     folder.file("image")};
    std::filesystem::create_directories(folder.file("image/conv1"));
    write_bytes(folder.file("outside"), "kept");
    for (const std::string name : {"manifest.json", "image.h", "conv1/expected.bin", "conv1/weights.bin"}) {
        std::filesystem::create_symlink(folder.file("outside"), folder.file("image/" + name));
    }
    const Outcome outcome = run_program(arguments);
    INFO(outcome.errors);
    CHECK(outcome.status == 0);
    CHECK(read_bytes(folder.file("outside")) == "kept");
    CHECK(json::parse(read_bytes(folder.file("image/manifest.json")))["layers"].size() == 1);

    std::filesystem::remove_all(folder.file("image/conv1"));
    std::filesystem::create_directory(folder.file("elsewhere"));
    std::filesystem::create_directory_symlink(folder.file("elsewhere"), folder.file("image/conv1"));
    const Outcome refused = run_program(arguments);
    CHECK(refused.status == 2);
    CHECK(lines_in(refused.errors) == 1);
    CHECK_THAT(refused.errors, Catch::Contains("image/conv1") && Catch::Contains("link"));
    CHECK(std::filesystem::is_empty(folder.file("elsewhere")));
}

TEST_CASE("no layer takes the name of a file of pack or leaves its folder") {
    const SmallFolder folder;
    const auto pack_layer_called = [&](const std::string& name) {
        std::string network = kSmallNetwork;
        network.replace(network.find("conv1"), 5, name);
        write_bytes(folder.file("net.json"), network);
        return run_program(
            {"pack", "scnn", "--network", folder.file("net.json"), "--layers", name, "--out", folder.file("image")});
    };
    for (const std::string& name : {std::string("manifest.json"), std::string("image.h"), std::string(256, 'x')}) {
        const Outcome outcome = pack_layer_called(name);
        CHECK(outcome.status == 2);
        CHECK(lines_in(outcome.errors) == 1);
        CHECK_THAT(outcome.errors, Catch::Contains("layer '" + name.substr(0, 60)));
        CHECK_FALSE(std::filesystem::exists(folder.file("image")));
    }
    CHECK(pack_layer_called("../up").status == 0);
    CHECK(std::filesystem::exists(folder.file("image/_._up/expected.bin")));
    CHECK_FALSE(std::filesystem::exists(folder.file("up")));
}
