// A total that lacks layers never looks whole: the share that ran and the reason of every layer that did not.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/sc_main/program.h"
#include "tests/sc_main/small_folder.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;
using nlohmann::json;

namespace {

// A U-Net in small: an encoder whose first layer is the stem, a bottleneck of dilated convolutions, scores of
// attention.
constexpr const char* kUnet = R"({
  "schema": 1, "name": "unet", "title": "small U-Net", "density_source": "made up", "input": [4, 16, 16],
  "layers": [
    {"name": "enc1", "out_channels": 8, "kernel": 3, "pad": 1, "stem": true,
     "weight_density": 0.5, "activation_density": 0.5},
    {"name": "enc2", "out_channels": 8, "kernel": 3, "pad": 1, "weight_density": 0.5, "activation_density": 0.5},
    {"name": "mid1", "out_channels": 8, "kernel": 3, "pad": 2, "dilation": 2,
     "weight_density": 0.5, "activation_density": 0.5},
    {"name": "mid2", "out_channels": 8, "kernel": 3, "pad": 4, "dilation": 4,
     "weight_density": 0.5, "activation_density": 0.5},
    {"name": "scores", "out_channels": 8, "kernel": 1, "activation_by_activation": true, "activation_density": 0.5},
    {"name": "dec1", "out_channels": 8, "kernel": 3, "pad": 1, "weight_density": 0.5, "activation_density": 0.5},
    {"name": "head", "out_channels": 2, "kernel": 1, "weight_density": 0.5, "activation_density": 0.5}
  ]
})";

constexpr std::uint64_t kStemMacs = 8 * 4 * 9 * 256;
constexpr std::uint64_t kConvolutionMacs = 8 * 8 * 9 * 256;
constexpr std::uint64_t kScoresMacs = 8 * 8 * 256;
constexpr std::uint64_t kHeadMacs = 2 * 8 * 256;
constexpr std::uint64_t kRan = 2 * kConvolutionMacs + kHeadMacs;
constexpr std::uint64_t kAll = kRan + 2 * kConvolutionMacs + kStemMacs + kScoresMacs;

class Unet : public SmallFolder {
  public:
    Unet() { write_bytes(unet(), kUnet); }
    std::string unet() const { return file("unet.json"); }
    Outcome run(const std::vector<std::string>& command, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments = command;
        arguments.insert(arguments.end(), {"--network", unet(), "--json", file("results.json")});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_program(arguments);
    }
};

void check_totals(const json& totals) {
    CHECK(totals["layers"] == 3);
    CHECK(totals["dense_macs"] == kRan);
    CHECK(totals["macs_share"].get<double>() == Approx(double(kRan) / double(kAll)));
    const json& left_out = totals["left_out"];
    REQUIRE(left_out.size() == 4);
    CHECK(left_out[0]["layer"] == "enc1");
    CHECK(left_out[0]["cause"] == "stem");
    CHECK(left_out[0]["dense_macs"] == kStemMacs);
    CHECK(left_out[1]["layer"] == "mid1");
    CHECK(left_out[1]["cause"] == "platform");
    CHECK_THAT(left_out[1]["reason"], Contains("scnn has no dilated convolution (dilation 2x2)"));
    CHECK(left_out[1]["dense_macs"] == kConvolutionMacs);
    CHECK(left_out[2]["layer"] == "mid2");
    CHECK_THAT(left_out[2]["reason"], Contains("dilation 4x4"));
    CHECK(left_out[3]["layer"] == "scores");
    CHECK(left_out[3]["cause"] == "activation_by_activation");
    CHECK(left_out[3]["dense_macs"] == kScoresMacs);
}

void check_table(const std::string& output) {
    CHECK_THAT(output, Contains("\ntotal (43.7 %) ") && !Contains("\ntotal  "));
    CHECK_THAT(output, Contains("left out: 4 of 7 layers; what ran is 43.7 % of the multiply-accumulates"));
    CHECK_THAT(output, Contains("\n  mid1: ") && Contains("has no dilated convolution (dilation 2x2)"));
    CHECK_THAT(output, Contains("\n  enc1: part of the stem, which --stem adds\n"));
    CHECK_THAT(output, Contains("\n  scores: a product of activations by activations"));
}

}  // namespace

TEST_CASE("left out: a run tells what its total lacks and why") {
    const Unet unet;
    const Outcome outcome = unet.run({"run", "scnn"});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.errors, Contains("left out: 4 of 7 layers, 56.2 % of the multiply-accumulates"));
    CHECK(lines_in(outcome.errors) == 1);
    check_table(outcome.output);
    const json results = unet.results();
    CHECK(results["complete"] == true);
    check_totals(results["totals"]);
    CHECK(results["workload"]["left_out"] == json{"mid1", "mid2"});
    CHECK(results["workload"]["left_out_stem"] == json{"enc1"});
    CHECK(results["workload"]["left_out_activation_by_activation"] == json{"scores"});
}

TEST_CASE("left out: a comparison tells the reasons of every machine") {
    const Unet unet;
    const Outcome outcome = unet.run({"compare", "scnn", "dcnn", "systolic_ws"}, {"--sparsity", "uniform,correlated"});
    CHECK(outcome.status == 0);
    check_table(outcome.output);
    for (const json& mask : unet.results()["masks"]) {
        for (const json& machine : mask["machines"]) {
            check_totals(machine["totals"]);
            CHECK_THAT(machine["totals"]["left_out"][1]["reason"],
                       Contains("dcnn has no dilated convolution") && !Contains("systolic_ws"));
        }
    }
}

TEST_CASE("left out: nothing, where the layers are named or the machine runs all of a kind") {
    const Unet unet;
    const Outcome named = unet.run({"run", "scnn"}, {"--layers", "enc2,head"});
    CHECK(named.errors.empty());
    CHECK_THAT(named.output, Contains("\ntotal  ") && !Contains("left out"));
    CHECK(unet.results()["totals"]["macs_share"] == 1.0);
    CHECK(unet.results()["totals"]["left_out"].empty());

    const Outcome all = unet.run({"run", "systolic_ws"}, {"--stem"});
    CHECK_THAT(all.output, Contains("\n  scores: ") && !Contains("mid1: "));
    CHECK(unet.results()["totals"]["macs_share"].get<double>() == Approx(double(kAll - kScoresMacs) / double(kAll)));
}

TEST_CASE("left out: a table of one layer has no total but says what is left out") {
    const Unet unet;
    const Outcome outcome = unet.run({"run", "scnn"}, {"--kinds", "convolution", "--set", "accumulator.entries=9"});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.output, Contains("left out: 6 of 7 layers") && !Contains("\ntotal"));
}

TEST_CASE("left out: nothing to run names a layer and its own reason") {
    const Unet unet;
    const Outcome outcome = unet.run({"run", "scnn"}, {"--kinds", "depthwise"});
    CHECK(outcome.status == 2);
    write_bytes(unet.unet(),
                R"({"schema": 1, "name": "n", "layers": [{"name": "scores", "in": [8, 4, 4], "inputs": ["input"],
        "out_channels": 8, "kernel": 1, "activation_by_activation": true, "activation_density": 1, "density_source": "m"}]})");
    const Outcome attention = unet.run({"run", "scnn"});
    CHECK(attention.status == 2);
    CHECK_THAT(attention.errors, Contains("nothing to run: layer 'scores': a product of activations by activations") &&
                                     !Contains("stem"));
}

TEST_CASE("left out: the manifest of packed layers lists them") {
    const Unet unet;
    const Outcome outcome = run_program({"pack", "scnn", "--network", unet.unet(), "--out", unet.file("image")});
    CHECK(outcome.status == 0);
    CHECK_THAT(outcome.output, Contains("left out: 4 of 7 layers") && Contains("\n  mid2: "));
    const json manifest = json::parse(read_bytes(unet.file("image/manifest.json")));
    REQUIRE(manifest["left_out"].size() == 4);
    CHECK_THAT(manifest["left_out"][2]["reason"], Contains("no dilated convolution"));
}
