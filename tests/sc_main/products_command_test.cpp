// Matrix products, batches and planes that keep few PEs busy, as the command tells of them.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

constexpr const char* kProducts = R"({
  "schema": 1, "name": "products",
  "layers": [
    {"name": "line", "inputs": ["input"], "in": [32, 1, 128], "out_channels": 24, "kernel": 1},
    {"name": "rows", "kind": "matmul", "inputs": ["input"], "inner": 32, "outputs": 24, "rows": 128},
    {"name": "few", "kind": "matmul", "inputs": ["input"], "inner": 32, "outputs": 192, "rows": 2, "batch": 2},
    {"name": "fc", "kind": "fully_connected", "inputs": ["input"], "in": [64, 1, 1], "out_channels": 130, "batch": 3},
    {"name": "images", "inputs": ["input"], "in": [4, 9, 9], "out_channels": 6, "kernel": 3, "batch": 2}
  ]
})";

class Products : public SmallFolder {
  public:
    Products() { write_bytes(file("products.json"), kProducts); }
    Outcome run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--network", file("products.json"), "--weight-density", "0.4",
                                           "--activation-density", "0.5"});
        return run_program(arguments);
    }
    json results(const std::string& platform, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{"run", platform, "--json", file("results.json")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = run(arguments);
        INFO(outcome.errors);
        REQUIRE(outcome.status == 0);
        return json::parse(read_bytes(file("results.json")))["layers"];
    }
};

}  // namespace

TEST_CASE("results say what of a product went over the PEs, and which plane leaves PEs idle") {
    const Products folder;
    for (const char* platform : {"scnn", "dcnn"}) {
        INFO(platform);
        const json layers = folder.results(platform);
        CHECK(layers[0]["idle_pes"] == 56);
        CHECK_FALSE(layers[0].contains("layout"));
        CHECK(layers[1]["kind"] == "matmul");
        CHECK(layers[1]["layout"] == json::parse(R"({"over_pes": "positions", "plane": [8, 16], "runs": 1})"));
        CHECK(layers[2]["layout"] == json::parse(R"({"over_pes": "neurons", "plane": [1, 1], "runs": 4})"));
        CHECK(layers[2]["shape"]["batch"] == 2);
        CHECK(layers[2]["dense_macs"] == 32 * 192 * 4);
        CHECK(layers[3]["layout"]["over_pes"] == "neurons");
        CHECK_FALSE(layers[4].contains("layout"));
        for (std::size_t n = 1; n < 5; ++n) {
            CHECK_FALSE(layers[n].contains("idle_pes"));
            CHECK(layers[n]["checks"]["values"] == "passed");
        }
        CHECK(layers[1]["cycles"] <= layers[0]["cycles"]);
    }
}

TEST_CASE("a plane that leaves PEs idle is told in one line, and the table has a line on layouts") {
    const Products folder;
    const Outcome outcome = folder.run({"run", "scnn"});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.errors, Contains("scnn: the plane of layer 'line' leaves 56 of 64 PEs without work; write a "));
    CHECK(lines_in(outcome.errors) == 1);
    CHECK_THAT(outcome.output, Contains("layout ") && Contains("neurons of 2, positions of 1"));
    const Outcome none = folder.run({"run", "scnn", "--kinds", "matmul"});
    CHECK(none.status == 0);
    CHECK_THAT(none.errors, !Contains("plane of"));
    // dcnn cuts the outputs, and a 3x3 convolution is no product.
    write_bytes(folder.file("stride.json"), R"({"schema": 1, "name": "s", "input": [2, 8, 8], "layers": [
        {"name": "down", "out_channels": 2, "kernel": 3, "pad": 1, "stride": 2}]})");
    const Outcome down = run_program({"run", "dcnn", "--network", folder.file("stride.json"), "--weight-density", "1",
                                      "--activation-density", "1", "--no-values"});
    CHECK_THAT(down.errors, Contains("dcnn: the plane of layer 'down' leaves 48 of 64 PEs without work\n"));
    const Outcome engine = folder.run({"run", "demm"});
    CHECK(engine.status == 0);
    CHECK(engine.errors.empty());
}

TEST_CASE("a forced layout is taken, and one that is no layout refused") {
    const Products folder;
    const json layers = folder.results("scnn", {"--layers", "rows", "--set", "matmul.layout=neurons"});
    CHECK(layers[0]["layout"]["runs"] == 128);
    CHECK(layers[0]["checks"]["values"] == "passed");
    const Outcome outcome = folder.run({"run", "scnn", "--set", "matmul.layout=rows"});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.errors, Contains("matmul.layout"));
}

TEST_CASE("the image of a chain names each of its outputs") {
    const Products folder;
    for (const char* platform : {"scnn", "dcnn_opt", "demm"}) {
        INFO(platform);
        const Outcome outcome = folder.run({"pack", platform, "--layers", "images", "--out", folder.file(platform)});
        INFO(outcome.errors);
        REQUIRE(outcome.status == 0);
        const json layer = json::parse(read_bytes(folder.file(platform) + "/manifest.json"))["layers"][0];
        REQUIRE(layer["outputs"].size() == 2);
        CHECK(layer["outputs"][0]["address"] == layer["output"]["address"]);
        CHECK(layer["outputs"][1]["descriptor"] == layer["descriptor_count"].get<int>() - 1);
        CHECK(layer["outputs"][0]["size"].get<int>() + layer["outputs"][1]["size"].get<int>() ==
              layer["expected"]["size"]);
        CHECK_THAT(read_bytes(folder.file(platform) + "/image.h"), Contains("NZ_IMAGE_IMAGES_OUTPUT_1_ADDRESS"));
    }
}
