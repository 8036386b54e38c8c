#include "workloads/network.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>

#include "workloads/describe.h"
#include "workloads/error.h"

using nonzero::builtin_networks;
using nonzero::Layer;
using nonzero::LayerKind;
using nonzero::load_network;
using nonzero::Network;

namespace {

using Shape = std::vector<std::size_t>;

struct Golden {
    std::string name;
    Shape input;
    std::size_t convolutions;  // with the stem, without depthwise
    std::size_t depthwise;
    std::size_t fully_connected;
    std::size_t pools;
    std::size_t joins;
    std::uint64_t dense_macs;
    std::uint64_t weights;
    std::size_t matmuls = 0;
};

// Sums of the published architectures, counted apart from the files.
const std::vector<Golden> goldens = {
    {"alexnet", {3, 227, 227}, 5, 0, 3, 3, 0, 724'406'816, 60'954'656},
    {"vgg16", {3, 224, 224}, 13, 0, 3, 5, 0, 15'470'264'320, 138'344'128},
    {"vgg16_han", {3, 224, 224}, 13, 0, 3, 5, 0, 15'470'264'320, 138'344'128},
    {"googlenet", {3, 224, 224}, 57, 0, 1, 14, 9, 1'582'671'872, 6'990'272},
    {"resnet50", {3, 224, 224}, 53, 0, 1, 2, 16, 4'089'184'256, 25'502'912},
    {"mobilenet_v1", {3, 224, 224}, 14, 13, 1, 1, 0, 568'740'352, 4'209'088},
    {"mobilenet_v2", {3, 224, 224}, 35, 17, 1, 1, 10, 300'774'272, 3'469'760},
    {"squeezenet_1_0", {3, 227, 227}, 26, 0, 0, 4, 8, 861'339'936, 1'244'448},
    {"squeezenet_1_1", {3, 227, 227}, 26, 0, 0, 4, 8, 387'747'520, 1'231'552},
    {"squeezenet_1_0_224", {3, 224, 224}, 26, 0, 0, 4, 8, 818'924'576, 1'244'448},
    {"squeezenet_1_1_224", {3, 224, 224}, 26, 0, 0, 4, 8, 349'151'936, 1'231'552},
    // 197 tokens: patches, 12 blocks of 7,077,888 weights and 24 products of 197 x 64 x 197, the classifier.
    {"vit_base_16", {3, 224, 224}, 1, 0, 1, 0, 0, 17'563'828'224, 86'292'480, 72},
    // 128 tokens: the same blocks, the pooler.
    {"bert_base", {768, 128, 1}, 0, 0, 1, 0, 0, 11'174'215'680, 85'524'480, 96},
};

// Transformers are lists of single layers: what joins their layers is no layer.
std::vector<std::string> graphs() {
    std::vector<std::string> names = builtin_networks();
    std::erase_if(names, [](const std::string& name) { return name == "vit_base_16" || name == "bert_base"; });
    return names;
}

std::uint64_t dense_macs(const std::vector<const Layer*>& layers) {
    return std::accumulate(layers.begin(), layers.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Layer* layer) { return sum + layer->dense_macs(); });
}

std::vector<const Layer*> of_kind(const Network& network, LayerKind kind, bool with_stem) {
    std::vector<const Layer*> layers;
    for (const Layer& layer : network.layers) {
        if (layer.kind == kind && (with_stem || !layer.stem)) {
            layers.push_back(&layer);
        }
    }
    return layers;
}

const Layer& get(const Network& network, const std::string& name) {
    const Layer* layer = network.find(name);
    INFO(network.name << " " << name);
    REQUIRE(layer != nullptr);
    return *layer;
}

}  // namespace

TEST_CASE("The built-in networks are listed in order") {
    CHECK(builtin_networks() == std::vector<std::string>{"alexnet", "vgg16", "vgg16_han", "googlenet", "resnet50",
                                                         "mobilenet_v1", "mobilenet_v2", "squeezenet_1_0",
                                                         "squeezenet_1_1", "squeezenet_1_0_224", "squeezenet_1_1_224",
                                                         "vit_base_16", "bert_base"});
}

TEST_CASE("Every built-in network has its published size") {
    REQUIRE(goldens.size() == builtin_networks().size());
    for (const Golden& golden : goldens) {
        INFO(golden.name);
        const Network network = load_network(golden.name);
        CHECK(network.name == golden.name);
        CHECK_FALSE(network.title.empty());
        CHECK_FALSE(network.source.empty());
        CHECK(network.layers.front().input_shape() == golden.input);
        CHECK(of_kind(network, LayerKind::convolution, true).size() == golden.convolutions);
        CHECK(of_kind(network, LayerKind::depthwise, true).size() == golden.depthwise);
        CHECK(of_kind(network, LayerKind::fully_connected, true).size() == golden.fully_connected);
        CHECK(of_kind(network, LayerKind::matmul, true).size() == golden.matmuls);
        CHECK(of_kind(network, LayerKind::max_pool, true).size() +
                  of_kind(network, LayerKind::average_pool, true).size() ==
              golden.pools);
        CHECK(of_kind(network, LayerKind::add, true).size() + of_kind(network, LayerKind::concat, true).size() ==
              golden.joins);
        const auto weighted = network.weighted_layers(true);
        CHECK(dense_macs(weighted) == golden.dense_macs);
        CHECK(std::accumulate(weighted.begin(), weighted.end(), std::uint64_t{0},
                              [](std::uint64_t sum, const Layer* layer) { return sum + layer->weights(); }) ==
              golden.weights);
    }
}

TEST_CASE("Weights and biases of the Caffe models give their published parameter counts") {
    const std::map<std::string, std::uint64_t> parameters = {{"alexnet", 60'965'224},
                                                             {"vgg16", 138'357'544},
                                                             {"googlenet", 6'998'552},
                                                             {"squeezenet_1_0", 1'248'424},
                                                             {"squeezenet_1_1", 1'235'496}};
    for (const auto& [name, count] : parameters) {
        INFO(name);
        std::uint64_t sum = 0;
        const Network network = load_network(name);
        for (const Layer* layer : network.weighted_layers(true)) {
            sum += layer->weights() + std::uint64_t(layer->K);
        }
        CHECK(sum == count);
    }
}

TEST_CASE("Convolution totals of the SCNN evaluation") {
    const Network alexnet = load_network("alexnet");
    CHECK(dense_macs(of_kind(alexnet, LayerKind::convolution, false)) == 665'784'864);
    const Network googlenet = load_network("googlenet");
    const auto inception = of_kind(googlenet, LayerKind::convolution, false);
    CHECK(inception.size() == 54);
    CHECK(dense_macs(inception) == 1'103'972'352);
    const Network vgg16 = load_network("vgg16");
    CHECK(dense_macs(of_kind(vgg16, LayerKind::convolution, false)) == 15'346'630'656);
}

TEST_CASE("Every edge of every network joins equal shapes") {
    for (const std::string& name : graphs()) {
        const Network network = load_network(name);
        std::map<std::string, Shape> produced = {{"input", network.layers.front().input_shape()}};
        for (const Layer& layer : network.layers) {
            INFO(name << " " << layer.name);
            REQUIRE_FALSE(layer.inputs.empty());
            std::size_t channels = 0;
            for (const std::string& producer : layer.inputs) {
                REQUIRE(produced.count(producer) == 1);  // so it also comes earlier
                const Shape& shape = produced.at(producer);
                channels += shape[0];
                if (layer.kind == LayerKind::fully_connected) {
                    CHECK(layer.input_shape() == Shape{shape[0] * shape[1] * shape[2], 1, 1});
                    continue;
                }
                CHECK(std::size_t(layer.H) == shape[1]);
                CHECK(std::size_t(layer.W) == shape[2]);
                if (layer.kind != LayerKind::concat) {
                    CHECK(std::size_t(layer.C) == shape[0]);
                }
            }
            if (layer.kind == LayerKind::concat) {
                CHECK(std::size_t(layer.C) == channels);
            }
            CHECK(layer.inputs.size() == (layer.kind == LayerKind::add      ? 2
                                          : layer.kind == LayerKind::concat ? (name == "googlenet" ? 4 : 2)
                                                                            : 1));
            REQUIRE(produced.emplace(layer.name, layer.output_shape()).second);
        }
        const bool flat_end = produced.at(network.layers.back().name) == Shape{1000, 1, 1};
        CHECK(flat_end);
    }
}

TEST_CASE("Every layer but the last feeds another one") {
    for (const std::string& name : graphs()) {
        const Network network = load_network(name);
        for (const Layer& layer : network.layers) {
            const bool used = std::any_of(network.layers.begin(), network.layers.end(), [&](const Layer& consumer) {
                return std::find(consumer.inputs.begin(), consumer.inputs.end(), layer.name) != consumer.inputs.end();
            });
            INFO(name << " " << layer.name);
            CHECK(used == (&layer != &network.layers.back()));
        }
    }
}

TEST_CASE("AlexNet is the grouped Caffe model") {
    const Network network = load_network("alexnet");
    const std::vector<std::tuple<std::string, Shape, Shape, int, int>> rows = {
        {"conv1", {3, 227, 227}, {96, 55, 55}, 1, 4},  {"conv2", {96, 27, 27}, {256, 27, 27}, 2, 1},
        {"conv3", {256, 13, 13}, {384, 13, 13}, 1, 1}, {"conv4", {384, 13, 13}, {384, 13, 13}, 2, 1},
        {"conv5", {384, 13, 13}, {256, 13, 13}, 2, 1}, {"pool5", {256, 13, 13}, {256, 6, 6}, 1, 2},
        {"fc6", {9216, 1, 1}, {4096, 1, 1}, 1, 1},     {"fc7", {4096, 1, 1}, {4096, 1, 1}, 1, 1},
        {"fc8", {4096, 1, 1}, {1000, 1, 1}, 1, 1},
    };
    for (const auto& [name, in, out, groups, stride] : rows) {
        const Layer& layer = get(network, name);
        CHECK(layer.input_shape() == in);
        CHECK(layer.output_shape() == out);
        CHECK(layer.groups == groups);
        CHECK(layer.stride_y == stride);
        CHECK(layer.stride_x == stride);
    }
}

TEST_CASE("GoogLeNet's inception modules have the published widths") {
    struct Module {
        std::string name;
        int C, K1, K3_reduce, K3, K5_reduce, K5, pool, plane;
    };
    const std::vector<Module> modules = {
        {"3a", 192, 64, 96, 128, 16, 32, 32, 28},     {"3b", 256, 128, 128, 192, 32, 96, 64, 28},
        {"4a", 480, 192, 96, 208, 16, 48, 64, 14},    {"4b", 512, 160, 112, 224, 24, 64, 64, 14},
        {"4c", 512, 128, 128, 256, 24, 64, 64, 14},   {"4d", 512, 112, 144, 288, 32, 64, 64, 14},
        {"4e", 528, 256, 160, 320, 32, 128, 128, 14}, {"5a", 832, 256, 160, 320, 32, 128, 128, 7},
        {"5b", 832, 384, 192, 384, 48, 128, 128, 7},
    };
    const Network network = load_network("googlenet");
    for (const Module& module : modules) {
        const std::string prefix = "inception_" + module.name + "/";
        const std::vector<std::tuple<std::string, int, int, int>> rows = {
            {"1x1", module.C, module.K1, 1},         {"3x3_reduce", module.C, module.K3_reduce, 1},
            {"3x3", module.K3_reduce, module.K3, 3}, {"5x5_reduce", module.C, module.K5_reduce, 1},
            {"5x5", module.K5_reduce, module.K5, 5}, {"pool_proj", module.C, module.pool, 1},
        };
        for (const auto& [name, C, K, kernel] : rows) {
            const Layer& layer = get(network, prefix + name);
            INFO(layer.name);
            CHECK(layer.kind == LayerKind::convolution);
            CHECK_FALSE(layer.stem);
            CHECK(layer.C == C);
            CHECK(layer.K == K);
            CHECK(layer.KH == kernel);
            CHECK(layer.KW == kernel);
            CHECK(layer.P() == module.plane);
            CHECK(layer.Q() == module.plane);
        }
        CHECK(get(network, prefix + "output").K == module.K1 + module.K3 + module.K5 + module.pool);
    }
    for (const char* name : {"conv1", "conv2_reduce", "conv2"}) {
        CHECK(get(network, name).stem);
    }
    CHECK(network.weighted_layers(true).size() == 58);
    CHECK(network.weighted_layers().size() == 55);  // 54 and the classifier
}

TEST_CASE("Pools that round up in Caffe have the extra row and column") {
    const Network googlenet = load_network("googlenet");
    for (const auto& [name, plane] :
         std::vector<std::pair<std::string, int>>{{"pool1", 56}, {"pool2", 28}, {"pool3", 14}, {"pool4", 7}}) {
        CHECK(get(googlenet, name).P() == plane);
        CHECK(get(googlenet, name).pad == nonzero::Padding{0, 0, 1, 1});
    }
    const Network squeezenet = load_network("squeezenet_1_1");
    CHECK(get(squeezenet, "pool1").P() == 56);
    CHECK(get(squeezenet, "pool3").P() == 28);
    CHECK(get(squeezenet, "pool5").P() == 14);
    CHECK(get(load_network("squeezenet_1_0"), "pool10").H == 15);  // conv10 is padded there
}

TEST_CASE("ResNet-50 is v1.5: the 3x3 convolution has the stride") {
    const Network network = load_network("resnet50");
    CHECK_THAT(network.title, Catch::Contains("v1.5"));
    for (const std::string stage : {"layer2", "layer3", "layer4"}) {
        CHECK(get(network, stage + ".0.conv1").stride_y == 1);
        CHECK(get(network, stage + ".0.conv2").stride_y == 2);
        CHECK(get(network, stage + ".0.downsample").stride_y == 2);
        CHECK(get(network, stage + ".0.add").inputs ==
              std::vector<std::string>{stage + ".0.conv3", stage + ".0.downsample"});
        CHECK(get(network, stage + ".1.add").inputs == std::vector<std::string>{stage + ".1.conv3", stage + ".0.add"});
    }
    CHECK(get(network, "layer4.2.add").output_shape() == Shape{2048, 7, 7});
}

TEST_CASE("MobileNet strides use the asymmetric SAME padding") {
    const Network v1 = load_network("mobilenet_v1");
    CHECK(get(v1, "conv1").pad == nonzero::Padding{0, 0, 1, 1});
    CHECK(get(v1, "conv_dw_2").pad == nonzero::Padding{0, 0, 1, 1});
    CHECK(get(v1, "conv_dw_1").pad == nonzero::Padding{1, 1, 1, 1});
    CHECK(get(v1, "conv_dw_13").groups == 1024);
    CHECK(get(v1, "conv_pw_13").output_shape() == Shape{1024, 7, 7});
    const Network v2 = load_network("mobilenet_v2");
    CHECK(get(v2, "block_2/add").inputs == std::vector<std::string>{"block_2/project", "block_1/project"});
    CHECK(v2.find("block_1/add") == nullptr);  // strided
    CHECK(v2.find("block_0/expand") == nullptr);
    CHECK(get(v2, "block_16/project").output_shape() == Shape{320, 7, 7});
}

TEST_CASE("Transformers have their published parameters and the matrix products of attention") {
    // Weights, biases and layer normalisation of the blocks; then what is no layer: patch and classifier biases,
    // tokens, positions, the last normalisation; or BERT's embeddings with their normalisation, and the pooler's bias.
    const std::uint64_t blocks = 12 * (4 * 768 + 3072 + 768 + 4 * 768);
    const std::uint64_t vit = blocks + 768 + 1000 + 768 + 197 * 768 + 2 * 768;
    const std::uint64_t bert = blocks + 768 + (30522 + 512 + 2 + 2) * 768;
    for (const auto& [name, rest, parameters, tokens] :
         {std::tuple{"vit_base_16", vit, 86'567'656, 197}, std::tuple{"bert_base", bert, 109'482'240, 128}}) {
        INFO(name);
        std::uint64_t weights = 0;
        std::uint64_t attention_macs = 0;
        std::size_t attention_layers = 0;
        const Network network = load_network(name);
        for (const Layer* layer : network.weighted_layers()) {
            weights += layer->weights();
            if (layer->activation_by_activation) {
                ++attention_layers;
                attention_macs += layer->dense_macs();
                CHECK(layer->groups == 12);
                CHECK(layer->weights() == 0);
                const bool scores = layer->name.ends_with("scores");
                CHECK((scores || layer->name.ends_with("context")));
                CHECK(layer->input_shape() == Shape{std::size_t(scores ? 768 : 12 * tokens), std::size_t(tokens), 1});
                CHECK(layer->output_shape() == Shape{std::size_t(scores ? 12 * tokens : 768), std::size_t(tokens), 1});
            }
        }
        CHECK(weights + rest == std::uint64_t(parameters));
        CHECK(attention_layers == 24);
        CHECK(attention_macs == std::uint64_t(12 * 2 * 12) * 64 * std::uint64_t(tokens) * std::uint64_t(tokens));
    }
}

TEST_CASE("AlexNet and VGG-16 carry the published densities") {
    const Network alexnet = load_network("alexnet");
    const std::vector<std::tuple<std::string, double, double>> rows = {
        {"conv1", .84, 1.0}, {"conv2", .38, .88}, {"conv3", .35, .52}, {"conv4", .37, .37},
        {"conv5", .37, .40}, {"fc6", .09, .34},   {"fc7", .09, .36},   {"fc8", .25, .40}};
    for (const auto& [name, weights, activations] : rows) {
        CHECK(get(alexnet, name).weight_density == weights);
        CHECK(get(alexnet, name).activation_density == activations);
        CHECK_THAT(get(alexnet, name).density_source, Catch::Contains("Han"));
    }
    const Network vgg16 = load_network("vgg16");
    const std::vector<double> weights = {.57, .21, .33, .35, .53, .22, .41, .32, .26, .34, .35, .29, .36};
    const std::vector<double> activations = {1.0, .50, .89, .79, .81, .63, .69, .71, .50, .45, .39, .33, .32};
    const auto convolutions = of_kind(vgg16, LayerKind::convolution, false);
    REQUIRE(convolutions.size() == weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        INFO(convolutions[i]->name);
        CHECK(convolutions[i]->weight_density == weights[i]);
        CHECK(convolutions[i]->activation_density == activations[i]);
        CHECK_FALSE(convolutions[i]->density_source.empty());
    }
    const Network han = load_network("vgg16_han");
    double useful = 0;
    for (const Layer* layer : of_kind(han, LayerKind::convolution, false)) {
        useful += double(layer->dense_macs()) * *layer->weight_density * *layer->activation_density;
    }
    CHECK(std::lround(useful) == 3'194'573'134);  // phantom_facts.md 6.1
    CHECK(get(han, "conv3_2").weight_density == .24);
    CHECK(get(han, "conv3_2").activation_density == .68);
    CHECK(get(han, "fc8").activation_density == .42);
    CHECK(get(vgg16, "fc6").weight_density == .04);
    CHECK(get(vgg16, "fc7").weight_density == .04);
    CHECK(get(vgg16, "fc8").weight_density == .23);
}

TEST_CASE("GoogLeNet's densities run straight from 3a to 5b and say so") {
    const Network network = load_network("googlenet");
    const std::vector<std::string> modules = {"3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"};
    const std::vector<std::tuple<std::string, double, double, double, double>> published = {
        {"pool_proj", .43, .96, .32, .57}, {"1x1", .38, .71, .32, .31},        {"3x3_reduce", .42, .71, .33, .31},
        {"3x3", .45, .67, .37, .30},       {"5x5_reduce", .36, .71, .33, .31}, {"5x5", .35, .77, .36, .46}};
    for (const auto& [layer_name, first_weight, first_input, last_weight, last_input] : published) {
        for (std::size_t i = 0; i < modules.size(); ++i) {
            const Layer& layer = get(network, "inception_" + modules[i] + "/" + layer_name);
            INFO(layer.name);
            const double part = double(i) / 8;
            REQUIRE(layer.weight_density.has_value());
            REQUIRE(layer.activation_density.has_value());
            CHECK(*layer.weight_density == Approx(first_weight + (last_weight - first_weight) * part).epsilon(1e-12));
            CHECK(*layer.activation_density == Approx(first_input + (last_input - first_input) * part).epsilon(1e-12));
            const bool interpolated = layer.density_source.find("interpolated") != std::string::npos;
            CHECK(interpolated == (i != 0 && i != 8));
            CHECK_FALSE(layer.density_source.empty());
        }
    }
}

TEST_CASE("A density never stands without a source, nor a source without a density") {
    for (const std::string& name : builtin_networks()) {
        const Network network = load_network(name);
        for (const Layer& layer : network.layers) {
            INFO(name << " " << layer.name);
            CHECK((layer.weight_density || layer.activation_density) != layer.density_source.empty());
        }
    }
}

TEST_CASE("The embedded networks are the files of the source tree") {
    const char* source = std::getenv("NONZERO_SOURCE_DIR");
    REQUIRE(source != nullptr);
    for (const std::string& name : builtin_networks()) {
        const Network file = load_network(std::string(source) + "/workloads/networks/" + name + ".json");
        CHECK(describe(file) == describe(load_network(name)));
    }
}
