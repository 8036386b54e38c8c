#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "workloads/describe.h"
#include "workloads/error.h"
#include "workloads/network.h"

using nlohmann::ordered_json;
using nonzero::InputError;
using nonzero::Layer;
using nonzero::LayerKind;
using nonzero::Network;
using nonzero::parse_network;

namespace {

Network parse_layers(const std::string& layers) {
    return parse_network(R"({"schema": 1, "name": "n", "input": [8, 10, 12], "layers": [)" + layers + "]}", "n.json");
}

std::string source_file(const std::string& path) {
    const char* source = std::getenv("NONZERO_SOURCE_DIR");
    REQUIRE(source != nullptr);
    std::ifstream file(std::string(source) + "/" + path);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// A random network with every shape computed here, and written into "in".
class RandomNetwork {
  public:
    struct Produced {
        std::string name;
        int C, H, W;
    };

    RandomNetwork() {
        produced_.push_back({"input", *rc::gen::inRange(1, 6), *rc::gen::inRange(3, 12), *rc::gen::inRange(3, 12)});
        root_ = {{"schema", 1}, {"name", "random"}, {"input", {last().C, last().H, last().W}}};
        const int count = *rc::gen::inRange(1, 8);
        for (int i = 0; i < count; ++i) {
            add_layer("layer" + std::to_string(i));
        }
    }

    ordered_json& json() { return root_; }
    const std::vector<Produced>& produced() const { return produced_; }

  private:
    const Produced& last() const { return produced_.back(); }

    void add_layer(const std::string& name) {
        const Produced from = *rc::gen::elementOf(produced_);
        ordered_json layer = {{"name", name}, {"inputs", {from.name}}, {"in", {from.C, from.H, from.W}}};
        Produced made = from;
        made.name = name;
        switch (*rc::gen::inRange(0, 5)) {
            case 0: {
                const int groups = *rc::gen::suchThat(rc::gen::inRange(1, 4), [&](int g) { return from.C % g == 0; });
                made.C = groups * *rc::gen::inRange(1, 4);
                layer["groups"] = groups;
                layer["out_channels"] = made.C;
                window(layer, made);
                break;
            }
            case 1:
                layer["kind"] = "depthwise";
                window(layer, made);
                break;
            case 2:
                layer["kind"] = "fully_connected";
                layer["in"] = {from.C * from.H * from.W, 1, 1};
                made = {name, *rc::gen::inRange(1, 20), 1, 1};
                layer["out_channels"] = made.C;
                break;
            case 3:
                layer["kind"] = "add";
                layer["inputs"].push_back(from.name);
                break;
            default:
                layer["kind"] = "concat";
                for (const Produced& other : produced_) {
                    if (other.H == from.H && other.W == from.W) {
                        layer["inputs"].push_back(other.name);
                        made.C += other.C;
                    }
                }
                layer["in"] = {made.C, made.H, made.W};
                break;
        }
        root_["layers"].push_back(layer);
        produced_.push_back(made);
    }

    static void window(ordered_json& layer, Produced& made) {
        const int KH = *rc::gen::inRange(1, made.H + 1);
        const int KW = *rc::gen::inRange(1, made.W + 1);
        const int stride = *rc::gen::inRange(1, 4);
        const int bottom = *rc::gen::inRange(0, 3);
        layer["kernel"] = {KH, KW};
        layer["stride"] = stride;
        layer["pad"] = {0, 0, bottom, 0};
        made.H = (made.H + bottom - KH) / stride + 1;
        made.W = (made.W - KW) / stride + 1;
    }

    ordered_json root_;
    std::vector<Produced> produced_;
};

}  // namespace

TEST_CASE("A layer needs little: the rest follows from its producer") {
    const Network network = parse_layers(R"({"name": "a", "out_channels": 4, "kernel": 3}, {"name": "b", "kernel": 2,
        "kind": "average_pool"})");
    REQUIRE(network.layers.size() == 2);
    const Layer& a = network.layers[0];
    CHECK(a.kind == LayerKind::convolution);
    CHECK(a.inputs == std::vector<std::string>{"input"});
    CHECK(a.input_shape() == std::vector<std::size_t>{8, 10, 12});
    CHECK(a.weight_shape() == std::vector<std::size_t>{4, 8, 3, 3});
    CHECK(a.stride_y == 1);
    CHECK(a.groups == 1);
    CHECK(a.pad == nonzero::Padding{});
    CHECK_FALSE(a.stem);
    CHECK_FALSE(a.weight_density.has_value());
    const Layer& b = network.layers[1];
    CHECK(b.kind == LayerKind::average_pool);
    CHECK(b.inputs == std::vector<std::string>{"a"});
    CHECK(b.input_shape() == std::vector<std::size_t>{4, 8, 10});
    CHECK(b.output_shape() == std::vector<std::size_t>{4, 7, 9});
}

TEST_CASE("Both axes, all four sides and every other field arrive in their place") {
    const Network network = parse_layers(R"({"name": "a", "kind": "convolution", "inputs": ["input"], "in": [8, 10, 12],
        "out_channels": 6, "kernel": [3, 2], "stride": [2, 3], "dilation": [1, 4], "pad": [1, 2, 3, 4], "groups": 2,
        "weight_density": 0.25, "activation_density": 1, "density_source": "measured", "stem": true})");
    const Layer& layer = network.layers.front();
    CHECK(layer.KH == 3);
    CHECK(layer.KW == 2);
    CHECK(layer.stride_y == 2);
    CHECK(layer.stride_x == 3);
    CHECK(layer.dilation_y == 1);
    CHECK(layer.dilation_x == 4);
    CHECK(layer.pad == nonzero::Padding{1, 2, 3, 4});
    CHECK(layer.groups == 2);
    CHECK(layer.weight_density == 0.25);
    CHECK(layer.activation_density == 1.0);
    CHECK(layer.density_source == "measured");
    CHECK(layer.stem);
    CHECK(layer.P() == (10 + 1 + 3 - 3) / 2 + 1);
    CHECK(layer.Q() == (12 + 2 + 4 - 5) / 3 + 1);
}

TEST_CASE("One number stands for both axes and all four sides") {
    const Layer layer =
        parse_layers(R"({"name": "a", "out_channels": 1, "kernel": 3, "stride": 2, "dilation": 2, "pad": 1})")
            .layers.front();
    CHECK(layer.KH == 3);
    CHECK(layer.KW == 3);
    CHECK(layer.stride_y == 2);
    CHECK(layer.stride_x == 2);
    CHECK(layer.dilation_y == 2);
    CHECK(layer.dilation_x == 2);
    CHECK(layer.pad == nonzero::Padding{1, 1, 1, 1});
}

TEST_CASE("Depthwise layers take their groups from the input, with or without a multiplier") {
    const Network network = parse_layers(R"({"name": "a", "kind": "depthwise", "kernel": 3},
        {"name": "b", "kind": "depthwise", "kernel": 3, "out_channels": 16})");
    CHECK(network.layers[0].groups == 8);
    CHECK(network.layers[0].K == 8);
    CHECK(network.layers[1].groups == 8);
    CHECK(network.layers[1].K == 16);
    CHECK(network.layers[1].weight_shape() == std::vector<std::size_t>{16, 1, 3, 3});
}

TEST_CASE("A fully connected layer flattens its input, however 'in' writes it") {
    for (const std::string in : {"", R"("in": [8, 10, 12],)", R"("in": [960, 1, 1],)"}) {
        const Network network =
            parse_layers(R"({"name": "fc", "kind": "fully_connected", )" + in + R"( "out_channels": 5})");
        CHECK(network.layers.front().input_shape() == std::vector<std::size_t>{960, 1, 1});
        CHECK(network.layers.front().weights() == 4800);
    }
}

TEST_CASE("A network without an input shape is a list of layers that give their own") {
    const Network network = parse_network(R"({"schema": 1, "name": "n", "layers": [
        {"name": "a", "in": [3, 8, 8], "out_channels": 4, "kernel": 3},
        {"name": "b", "inputs": ["input"], "in": [16, 4, 4], "out_channels": 4, "kernel": 1}]})",
                                          "n.json");
    CHECK(network.layers[0].C == 3);
    CHECK(network.layers[1].C == 16);
}

TEST_CASE("The network's density source serves the layers that give a density and no source") {
    const Network network = parse_network(R"({"schema": 1, "name": "n", "density_source": "a table", "input": [3, 8, 8],
        "layers": [{"name": "a", "out_channels": 4, "kernel": 1, "weight_density": 0.5},
                   {"name": "b", "out_channels": 4, "kernel": 1, "weight_density": 0.5, "density_source": "own"},
                   {"name": "c", "out_channels": 4, "kernel": 1}]})",
                                          "n.json");
    CHECK(network.layers[0].density_source == "a table");
    CHECK(network.layers[1].density_source == "own");
    CHECK(network.layers[2].density_source.empty());
}

TEST_CASE("find and weighted_layers choose by name and by kind") {
    const Network network = parse_layers(R"({"name": "a", "out_channels": 4, "kernel": 1, "stem": true},
        {"name": "p", "kind": "max_pool", "kernel": 2}, {"name": "b", "out_channels": 4, "kernel": 1})");
    CHECK(network.find("p") == &network.layers[1]);
    CHECK(network.find("q") == nullptr);
    CHECK(network.weighted_layers() == std::vector<const Layer*>{&network.layers[2]});
    CHECK(network.weighted_layers(true) == std::vector<const Layer*>{&network.layers[0], &network.layers[2]});
}

TEST_CASE("The example of the format's documentation is read") {
    const std::string page = source_file("docs/network_format.md");
    const std::string fence = "```json\n";
    const std::size_t begin = page.find(fence) + fence.size();
    const Network network = parse_network(page.substr(begin, page.find("```", begin) - begin), "network_format.md");
    CHECK(network.layers.size() == 6);
    CHECK(network.layers.back().output_shape() == std::vector<std::size_t>{10, 1, 1});
}

TEST_CASE("The shapes of a random network agree with an independent computation") {
    CHECK(nonzero::test::property_holds("random network", [] {
        RandomNetwork random;
        const bool with_in = *rc::gen::arbitrary<bool>();
        if (!with_in) {
            for (auto& layer : random.json()["layers"]) {
                layer.erase("in");
            }
        }
        const Network network = parse_network(random.json().dump(), "random.json");
        RC_ASSERT(network.layers.size() + 1 == random.produced().size());
        for (std::size_t i = 0; i < network.layers.size(); ++i) {
            const auto& expected = random.produced()[i + 1];
            RC_ASSERT(network.layers[i].name == expected.name);
            RC_ASSERT(network.layers[i].K == expected.C);
            RC_ASSERT(network.layers[i].P() == expected.H);
            RC_ASSERT(network.layers[i].Q() == expected.W);
        }
    }));
}

TEST_CASE("A matmul has sizes of its own, or those of what it reads") {
    const Network network = parse_layers(R"({"name": "conv", "out_channels": 6, "kernel": 1},
        {"name": "scores", "kind": "matmul", "inner": 6, "outputs": 4, "rows": 120, "groups": 2,
         "activation_by_activation": true},
        {"name": "mlp", "kind": "matmul", "outputs": 10},
        {"name": "fc", "kind": "fully_connected", "out_channels": 3})");
    const Layer& scores = network.layers[1];
    CHECK(scores.kind == LayerKind::matmul);
    CHECK(scores.input_shape() == std::vector<std::size_t>{6, 120, 1});
    CHECK(scores.weight_shape() == std::vector<std::size_t>{4, 3, 1, 1});
    CHECK(scores.output_shape() == std::vector<std::size_t>{4, 120, 1});
    CHECK(scores.dense_macs() == 4 * 3 * 120);
    CHECK(scores.weights() == 0);
    const Layer& mlp = network.layers[2];
    CHECK(mlp.input_shape() == std::vector<std::size_t>{4, 120, 1});
    CHECK(mlp.output_shape() == std::vector<std::size_t>{10, 120, 1});
    CHECK(network.layers[3].C == 1200);
}

TEST_CASE("A batch multiplies the positions and leaves the weights and the shapes behind it alone") {
    const Network network = parse_layers(R"({"name": "conv", "out_channels": 6, "kernel": 3, "batch": 5},
        {"name": "fc", "kind": "fully_connected", "out_channels": 7, "batch": 3},
        {"name": "rows", "kind": "matmul", "inputs": ["conv"], "outputs": 2, "batch": 4},
        {"name": "heads", "kind": "matmul", "inputs": ["conv"], "outputs": 4, "groups": 2, "batch": 4,
         "activation_by_activation": true},
        {"name": "behind", "kind": "matmul", "outputs": 4})");
    const Layer& conv = network.layers[0];
    CHECK(conv.input_shape() == std::vector<std::size_t>{8, 50, 12});
    CHECK(conv.output_shape() == std::vector<std::size_t>{6, 40, 10});
    CHECK(conv.weights() == 6 * 8 * 9);
    CHECK(conv.dense_macs() == 5 * 80 * conv.weights());
    CHECK(network.layers[1].C == 6 * 80);
    CHECK(network.layers[1].input_shape() == std::vector<std::size_t>{480, 3, 1});
    CHECK(network.layers[2].output_shape() == std::vector<std::size_t>{2, 320, 1});
    // Activations in place of weights are not shared: four images are four times the heads.
    const Layer& heads = network.layers[3];
    CHECK(heads.batch == 1);
    CHECK(heads.groups == 8);
    CHECK(heads.weight_shape() == std::vector<std::size_t>{16, 3, 1, 1});
    CHECK(network.layers[4].C == 4);
}

TEST_CASE("One wrong dimension anywhere in a random network is refused by name") {
    CHECK(nonzero::test::property_holds("wrong dimension", [] {
        RandomNetwork random;
        auto& layers = random.json()["layers"];
        auto& layer = layers[*rc::gen::inRange(std::size_t{0}, layers.size())];
        auto& dimension = layer["in"][*rc::gen::inRange(std::size_t{0}, std::size_t{3})];
        dimension = dimension.get<int>() + 1;
        try {
            parse_network(random.json().dump(), "random.json");
            RC_FAIL("accepted");
        } catch (const InputError& error) {
            const std::string expected =
                "random.json, layer '" + layer["name"].get<std::string>() + "', field 'in': is ";
            RC_ASSERT(std::string(error.what()).substr(0, expected.size()) == expected);
        }
    }));
}

TEST_CASE("A damaged file is read or refused in one line, whatever the damage") {
    const std::string intact = source_file("workloads/networks/alexnet.json");
    CHECK(nonzero::test::property_holds("damaged file", [&intact] {
        std::string text = intact;
        const int changes = *rc::gen::inRange(1, 4);
        for (int i = 0; i < changes; ++i) {
            const auto at = *rc::gen::inRange(std::size_t{0}, text.size());
            switch (*rc::gen::inRange(0, 3)) {
                case 0:
                    text.resize(at + 1);
                    break;
                case 1:
                    text[at] = *rc::gen::arbitrary<char>();
                    break;
                default:
                    text.erase(at, std::size_t(*rc::gen::inRange(1, 40)));
                    text += " ";
                    break;
            }
        }
        try {
            const Network network = parse_network(text, "damaged.json");
            for (const Layer& layer : network.layers) {
                validate(layer);
            }
        } catch (const InputError& error) {
            const std::string message = error.what();
            RC_ASSERT(message.rfind("damaged.json", 0) == 0);
            RC_ASSERT(message.find('\n') == std::string::npos);
        }
    }));
}
