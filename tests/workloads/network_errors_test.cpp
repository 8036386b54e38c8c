// Files with one mistake each, and the whole line that the user reads.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/common/error_of.h"
#include "workloads/network.h"

using nonzero::load_network;
using nonzero::parse_network;
using nonzero::test::error_of;

namespace {

std::string parse_error(const std::string& text) {
    return error_of([&text] { parse_network(text, "net.json"); });
}

// The error for `layers` in an otherwise good file.
std::string layers_error(const std::string& layers) {
    return parse_error(R"({"schema": 1, "name": "n", "input": [8, 10, 12], "layers": [)" + layers + "]}");
}

const std::string first = R"({"name": "conv1", "out_channels": 4, "kernel": 3}, )";  // makes 4x8x10
const std::string network_fields = "Known: schema, name, title, source, density_source, input, layers";

}  // namespace

TEST_CASE("An unknown network is answered with the nearest name and the list") {
    CHECK(
        error_of([] { load_network("alexnett"); }) ==
        "unknown network 'alexnett', did you mean 'alexnet'? Built in: alexnet, vgg16, vgg16_han, googlenet, resnet50, "
        "mobilenet_v1, mobilenet_v2, squeezenet_1_0, squeezenet_1_1, squeezenet_1_0_224, squeezenet_1_1_224, "
        "vit_base_16, bert_base; a file is given by a path with a '/' or ending in .json");
    CHECK_THAT(error_of([] { load_network("vgg19"); }), Catch::Contains("did you mean 'vgg16'?"));
    CHECK_THAT(error_of([] { load_network("a\nb"); }), Catch::StartsWith("unknown network 'a?b'. "));
}

TEST_CASE("A network that is near none is answered with the list alone") {
    CHECK_THAT(error_of([] { load_network("foo"); }), Catch::StartsWith("unknown network 'foo'. Built in: alexnet, "));
}

TEST_CASE("A file of another format is told that JSON is read") {
    const auto told = [](const std::string& file, const std::string& ending) {
        return file + ": the format '" + ending +
               "' is not read, JSON is; docs/network_format.md describes it, with an example to start from";
    };
    for (const std::string ending : {".onnx", ".tflite", ".pt", ".pb", ".prototxt", ".h5", ".csv", ".yaml", ".NPZ"}) {
        const std::string name = "squeezenet" + ending;
        CHECK(error_of([&name] { load_network(name); }) == "network file " + told(name, ending));
        CHECK(error_of([&name] { load_network("no/such/" + name); }) ==
              "network file " + told("no/such/" + name, ending));
        for (const std::string text : {"", "\x08\x07\x12pytorch", "layers:\n  - conv1\n", "name,kind\n"}) {
            CHECK(error_of([&] { parse_network(text, name); }) == told(name, ending));
        }
    }
    // What is inside counts, where it is JSON.
    CHECK(error_of([] { parse_network("{}", "net.txt"); }) == "net.txt, field 'schema': missing; add \"schema\": 1");
    CHECK_THAT(error_of([] { parse_network("layers:", "v1.0"); }), Catch::StartsWith("v1.0: not JSON: "));
}

TEST_CASE("A missing or unreadable file is named") {
    CHECK(error_of([] { load_network("no/such/net"); }) ==
          "network file 'no/such/net' does not exist; correct the path, or use one of the built-in networks: alexnet, "
          "vgg16, vgg16_han, googlenet, resnet50, mobilenet_v1, mobilenet_v2, squeezenet_1_0, squeezenet_1_1, "
          "squeezenet_1_0_224, squeezenet_1_1_224, vit_base_16, bert_base");
    CHECK_THAT(error_of([] { load_network("missing.json"); }),
               Catch::StartsWith("network file 'missing.json' does not exist; "));
    CHECK(error_of([] { load_network("./"); }) ==
          "network file './' cannot be read: it is a directory; give a readable JSON file");
}

TEST_CASE("The error of a file on disk begins with its path") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("nonzero_network_" + std::to_string(getpid()) + ".json")).string();
    std::ofstream(path) << R"({"schema": 2})";
    CHECK(error_of([&path] { load_network(path); }) ==
          path + ", field 'schema': version 2 is not supported; this program reads version 1");
    std::filesystem::remove(path);
}

TEST_CASE("An empty file and text that is no JSON") {
    const std::string empty = "net.json: the file is empty; docs/network_format.md has an example to start from";
    CHECK(parse_error("") == empty);
    CHECK(parse_error(" \n\t\n") == empty);
    CHECK_THAT(parse_error("layers:\n  - conv1\n"),
               Catch::StartsWith("net.json: not JSON: parse error at line 1, column 1: "));
    CHECK_THAT(parse_error("{\n  \"schema\": 1,\n}\n"),
               Catch::StartsWith("net.json: not JSON: parse error at line 3, column 1: "));
    CHECK_THAT(parse_error(R"({"schema": 1)"), Catch::Contains("unexpected end of input"));
    CHECK_THAT(parse_error(R"({"schema": 1e999})"), Catch::StartsWith("net.json: not JSON: number overflow"));
    CHECK(parse_error("[1, 2]") ==
          "net.json: holds no JSON object; docs/network_format.md has an example to start from");
}

TEST_CASE("Problems of the network's own fields") {
    CHECK(parse_error("{}") == "net.json, field 'schema': missing; add \"schema\": 1");
    CHECK(parse_error(R"({"schema": "1"})") ==
          "net.json, field 'schema': has the string '1' in place of an integer; give an integer");
    CHECK(parse_error(R"({"schema": 2, "name": "n", "operators": []})") ==
          "net.json, field 'schema': version 2 is not supported; this program reads version 1");
    CHECK(parse_error(R"({"schema": 1})") == "net.json, field 'name': missing; add it");
    CHECK(parse_error(R"({"schema": 1, "nam": "n"})") ==
          "net.json, field 'nam': unknown field, did you mean 'name'? " + network_fields);
    CHECK(parse_error(R"({"schema": 1, "name": ["n"]})") ==
          "net.json, field 'name': has a list of 1 in place of a string; give a string");
    CHECK(parse_error(R"({"schema": 1, "name": "a\nb"})") ==
          "net.json, field 'name': has a line break or another control character; write it as one line of text");
    CHECK(parse_error(R"({"schema": 1, "name": "n"})") == "net.json, field 'layers': missing; add the list of layers");
    for (const std::string layers : {"[]", "{}", "3"}) {
        CHECK(parse_error(R"({"schema": 1, "name": "n", "layers": )" + layers + "}") ==
              "net.json, field 'layers': is not a list of at least one layer; give one object for each layer");
    }
    CHECK(parse_error(R"({"schema": 1, "name": "n", "input": [3, 0, 8], "layers": []})") ==
          "net.json, field 'input': [3, 0, 8] has a dimension outside 1 .. 1048576; give [C, H, W]");
    CHECK(parse_error(R"({"schema": 1, "name": "n", "input": 224, "layers": []})") ==
          "net.json, field 'input': is 224; give [C, H, W]");
}

TEST_CASE("A field that stands twice is refused") {
    CHECK(parse_error(R"({"schema": 1, "name": "n", "name": "m"})") ==
          "net.json, field 'name': given twice; remove one");
    CHECK(layers_error(first + R"({"name": "b", "kernel": 1, "kernel": 3})") ==
          "net.json, layer 2, field 'kernel': given twice; remove one");
}

TEST_CASE("Missing, unknown and misplaced fields of a layer") {
    CHECK(layers_error(R"({"out_channels": 4})") == "net.json, layer 1, field 'name': missing; add it");
    CHECK(layers_error(R"(7)") ==
          "net.json, layer 1: is not an object; give one object {\"name\": ...} for each layer");
    CHECK(layers_error(R"({"name": "conv1", "kernel": 3})") ==
          "net.json, layer 'conv1', field 'out_channels': missing; add it");
    CHECK(layers_error(R"({"name": "conv1", "out_channels": 4})") ==
          "net.json, layer 'conv1', field 'kernel': missing; add it");
    CHECK(layers_error(R"({"name": "fc", "kind": "fully_connected"})") ==
          "net.json, layer 'fc', field 'out_channels': missing; add it");
    CHECK(layers_error(R"({"name": "conv1", "out_channels": 4, "kernel": 3, "strides": 2})") ==
          "net.json, layer 'conv1', field 'strides': unknown field, did you mean 'stride'? Known: name, kind, inputs, "
          "in, "
          "out_channels, inner, outputs, rows, batch, kernel, stride, pad, groups, dilation, weight_density, "
          "activation_density, density_source, stem, activation_by_activation");
    CHECK(layers_error(R"({"name": "fc", "kind": "fully_connected", "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'fc', field 'kernel': does not apply to a layer of kind fully_connected; remove it");
    CHECK(layers_error(R"({"name": "p", "kind": "max_pool", "kernel": 2, "weight_density": 0.5})") ==
          "net.json, layer 'p', field 'weight_density': does not apply to a layer of kind max_pool; remove it");
    CHECK(layers_error(R"({"name": "d", "kind": "depthwise", "kernel": 3, "groups": 8})") ==
          "net.json, layer 'd', field 'groups': does not apply to a layer of kind depthwise; remove it");
    CHECK(layers_error(first + R"({"name": "s", "kind": "add", "inputs": ["conv1", "conv1"], "stride": 2})") ==
          "net.json, layer 's', field 'stride': does not apply to a layer of kind add; remove it");
}

TEST_CASE("Values of the wrong type") {
    const auto error = [](const std::string& field) {
        return layers_error(R"({"name": "conv1", "out_channels": 4, "kernel": 3, )" + field + "}");
    };
    CHECK(error(R"("stride": "2")") ==
          "net.json, layer 'conv1', field 'stride': is the string '2'; give an integer or [vertical, horizontal]");
    CHECK(error(R"("stride": 1.5)") ==
          "net.json, layer 'conv1', field 'stride': has 1.5 in place of an integer; give an integer or [vertical, "
          "horizontal]");
    CHECK(error(R"("stride": [2, 2, 2])") ==
          "net.json, layer 'conv1', field 'stride': is a list of 3; give an integer or [vertical, horizontal]");
    CHECK(error(R"("stride": [2, null])") ==
          "net.json, layer 'conv1', field 'stride': has null in place of an integer; give an integer or [vertical, "
          "horizontal]");
    CHECK(error(R"("pad": [1, 1])") ==
          "net.json, layer 'conv1', field 'pad': is a list of 2; give an integer or [top, left, bottom, right]");
    CHECK(error(R"("groups": 99999999999)") ==
          "net.json, layer 'conv1', field 'groups': 99999999999 is out of range; give an integer");
    CHECK(error(R"("groups": 18446744073709551615)") ==
          "net.json, layer 'conv1', field 'groups': 18446744073709551615 is out of range; give an integer");
    CHECK(error(R"("groups": -99999999999)") ==
          "net.json, layer 'conv1', field 'groups': -99999999999 is out of range; give an integer");
    CHECK(error(R"("stem": 1)") == "net.json, layer 'conv1', field 'stem': is 1; give true or false");
    CHECK(error(R"("weight_density": "0.5")") ==
          "net.json, layer 'conv1', field 'weight_density': is the string '0.5'; give a number");
    CHECK(error(R"("inputs": "input")") ==
          "net.json, layer 'conv1', field 'inputs': is the string 'input'; give a list of strings");
    CHECK(error(R"("inputs": [0])") ==
          "net.json, layer 'conv1', field 'inputs': has 0 in place of a string; give a list of strings");
    CHECK(error(R"("kind": {})") ==
          "net.json, layer 'conv1', field 'kind': has an object in place of a string; give a string");
    CHECK(error(R"("density_source": 3)") ==
          "net.json, layer 'conv1', field 'density_source': has 3 in place of a string; give a string");
}

TEST_CASE("Sizes of a matmul and batches that cannot be") {
    const auto matmul = [](const std::string& rest) {
        return layers_error(R"({"name": "m", "kind": "matmul")" + (rest.empty() ? "" : ", " + rest) + "}");
    };
    CHECK(matmul("") == "net.json, layer 'm', field 'outputs': missing; add it");
    CHECK(matmul(R"("outputs": 4, "inner": 7)") ==
          "net.json, layer 'm', field 'inner': is 7 but input produces 8x10x12, 120 rows of 8; correct it or leave it "
          "out");
    CHECK(matmul(R"("outputs": 4, "in": [8, 10, 12])") ==
          "net.json, layer 'm', field 'in': does not apply to a layer of kind matmul; remove it");
    CHECK(matmul(R"("outputs": 4, "out_channels": 4)") ==
          "net.json, layer 'm', field 'out_channels': does not apply to a layer of kind matmul; remove it");
    CHECK(matmul(R"("outputs": 4, "groups": 3)") ==
          "net.json, layer 'm', field 'groups': 3 does not divide the 8 input channels; use a common divisor of input "
          "and output channels");
    CHECK(matmul(R"("outputs": 4, "batch": 0)") == "net.json, layer 'm', field 'batch': batch 0 is outside 1 .. 65535");
    CHECK_THAT(
        matmul(R"("outputs": 40, "groups": 2, "batch": 65535, "activation_by_activation": true)"),
        Catch::StartsWith("net.json, layer 'm', field 'batch': 65535 is outside 1 .. 26214; each image has groups"));
    CHECK(layers_error(R"({"name": "p", "kind": "max_pool", "kernel": 2, "batch": 2})") ==
          "net.json, layer 'p', field 'batch': does not apply to a layer of kind max_pool; remove it");
    CHECK_THAT(
        layers_error(R"({"name": "c", "out_channels": 60000, "kernel": 1, "batch": 60000})"),
        Catch::StartsWith("net.json, layer 'c', field 'out_channels': an output tensor of 60000 x 60000 x 10 x 12 "
                          "has more than 2^30 elements"));
    CHECK(parse_error(R"({"schema": 1, "name": "n", "layers": [{"name": "m", "kind": "matmul", "outputs": 4}]})") ==
          "net.json, layer 'm', field 'inner': missing, and the shape of the layer's input is not known; add it");
}

TEST_CASE("An unknown kind is answered with the nearest one") {
    CHECK(layers_error(R"({"name": "p", "kind": "maxpool", "kernel": 2})") ==
          "net.json, layer 'p', field 'kind': unknown kind 'maxpool', did you mean 'max_pool'? Known: convolution, "
          "depthwise, fully_connected, matmul, max_pool, average_pool, add, concat");
}

TEST_CASE("A wrong kind is told before what follows from it") {
    const std::string unknown = "net.json, layer 'p', field 'kind': unknown kind 'maxpool', did you mean 'max_pool'?";
    CHECK_THAT(layers_error(R"({"name": "p", "kind": "maxpool", "size": 2})"), Catch::StartsWith(unknown));
    CHECK_THAT(layers_error(R"({"name": "p", "kind": "maxpool", "out_channels": 2, "kernel": "2"})"),
               Catch::StartsWith(unknown));
    CHECK_THAT(layers_error(R"({"name": "p", "kind": "maxpool"}, {"name": "q", "size": 2})"),
               Catch::StartsWith(unknown));
}

TEST_CASE("Values that cannot be") {
    const auto error = [](const std::string& field) {
        return layers_error(R"({"name": "conv1", "out_channels": 6, "kernel": 3, )" + field + "}");
    };
    CHECK(error(R"("weight_density": 1.7)") ==
          "net.json, layer 'conv1', field 'weight_density': 1.7 is outside 0 .. 1; give the fraction of non-zeros");
    CHECK(error(R"("groups": 3)") ==
          "net.json, layer 'conv1', field 'groups': 3 does not divide the 8 input channels; use a common divisor of "
          "input and output channels");
    CHECK(error(R"("groups": 4)") ==
          "net.json, layer 'conv1', field 'groups': 4 does not divide the 6 output channels; use a common divisor of "
          "input and output channels");
    CHECK(error(R"("activation_by_activation": true)") ==
          "net.json, layer 'conv1', field 'activation_by_activation': only a matmul or a convolution with a 1x1 kernel "
          "can "
          "multiply activations, not convolution of 3x3; leave it out");
    CHECK(
        layers_error(R"({"name": "p", "kind": "max_pool", "kernel": 2, "activation_by_activation": true})") ==
        "net.json, layer 'p', field 'activation_by_activation': does not apply to a layer of kind max_pool; remove it");
    CHECK(layers_error(R"({"name": "qk", "out_channels": 4, "kernel": 1, "activation_by_activation": true,
                           "weight_density": 0.5})") ==
          "net.json, layer 'qk', field 'weight_density': a layer that multiplies activations has no weights; leave it "
          "out");
    CHECK(error(R"("stride": 0)") ==
          "net.json, layer 'conv1', field 'stride': vertical stride 0 is outside 1 .. 65535");
    CHECK(error(R"("pad": [0, 0, -1, 0])") ==
          "net.json, layer 'conv1', field 'pad': bottom padding -1 is outside 0 .. 65535");
    CHECK(error(R"("dilation": 5)") ==
          "net.json, layer 'conv1', field 'kernel': reaches over 11 rows but the padded input has 10; use a smaller "
          "kernel or more padding");
}

TEST_CASE("Names of layers are unique, whole words and not 'input'") {
    CHECK(layers_error(first + R"({"name": "b", "out_channels": 4, "kernel": 1},
                                  {"name": "conv1", "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'conv1', field 'name': 'conv1' is the name of layer 1 too; choose another name");
    CHECK(layers_error(R"({"name": "input", "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'input', field 'name': 'input' stands for the input of the network; choose another name");
    CHECK(layers_error(R"({"name": "a,b"})") ==
          "net.json, layer 'a,b', field 'name': 'a,b' is empty or has a space or comma; leave them out");
    CHECK(layers_error(R"({"name": ""})") ==
          "net.json, layer '', field 'name': '' is empty or has a space or comma; leave them out");
}

TEST_CASE("Producers exist and come earlier") {
    CHECK(layers_error(first + R"({"name": "b", "inputs": ["cnov1"], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'b', field 'inputs': no layer is called 'cnov1', did you mean 'conv1'? Name an earlier "
          "layer or 'input'");
    CHECK(layers_error(R"({"name": "a", "inputs": ["inptu"], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'a', field 'inputs': no layer is called 'inptu', did you mean 'input'? Name an earlier "
          "layer or 'input'");
    CHECK(layers_error(R"({"name": "a", "inputs": ["b"], "out_channels": 4, "kernel": 1},
                          {"name": "b", "inputs": ["a"], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'a', field 'inputs': 'b' comes later, but layers stand in execution order without cycles; "
          "move it before this layer");
    CHECK(layers_error(R"({"name": "a", "inputs": ["a"], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'a', field 'inputs': a layer cannot be its own input; name an earlier layer");
    CHECK(layers_error(first + R"({"name": "b", "inputs": ["conv1", "input"], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'b', field 'inputs': convolution reads one layer but has 2; put an add or concat before it");
    CHECK(layers_error(first + R"({"name": "b", "inputs": [], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'b', field 'inputs': convolution reads one layer but has 0; put an add or concat before it");
    CHECK(layers_error(first + R"({"name": "s", "kind": "add"})") ==
          "net.json, layer 's', field 'inputs': add joins two or more layers but has 1; name all of them");
}

TEST_CASE("Producer and consumer agree on the shape") {
    CHECK(
        layers_error(first + R"({"name": "b", "in": [4, 9, 10], "out_channels": 4, "kernel": 1})") ==
        "net.json, layer 'b', field 'in': is 4x9x10 but conv1 produces 4x8x10; correct one of them or leave 'in' out");
    CHECK(layers_error(first + R"({"name": "fc", "kind": "fully_connected", "in": [321, 1, 1], "out_channels": 4})") ==
          "net.json, layer 'fc', field 'in': is 321x1x1 but conv1 produces 4x8x10; correct one of them or leave 'in' "
          "out");
    CHECK(layers_error(R"({"name": "a", "in": [3, 10, 12], "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'a', field 'in': is 3x10x12 but input produces 8x10x12; correct one of them or leave 'in' "
          "out");
    CHECK(
        layers_error(first + R"({"name": "s", "kind": "add", "inputs": ["conv1", "input"]})") ==
        "net.json, layer 's', field 'inputs': 'conv1' produces 4x8x10 but 'input' produces 8x10x12; an add needs equal "
        "shapes");
    CHECK(layers_error(first + R"({"name": "c", "kind": "concat", "inputs": ["conv1", "input"]})") ==
          "net.json, layer 'c', field 'inputs': 'conv1' produces 4x8x10 but 'input' produces 8x10x12; a concat needs "
          "equal planes");
    CHECK(layers_error(first + R"({"name": "c", "kind": "concat", "inputs": ["conv1", "conv1"], "in": [4, 8, 10]})") ==
          "net.json, layer 'c', field 'in': is 4x8x10 but conv1 + conv1 produces 8x8x10; correct one of them or leave "
          "'in' out");
}

TEST_CASE("Without the network's input shape the readers of the input give theirs") {
    const auto error = [](const std::string& layers) {
        return parse_error(R"({"schema": 1, "name": "n", "layers": [)" + layers + "]}");
    };
    CHECK(error(R"({"name": "a", "out_channels": 4, "kernel": 1})") ==
          "net.json, layer 'a', field 'in': missing, and the network has no \"input\"; add [C, H, W] here or there");
    CHECK(
        error(R"({"name": "a", "in": [4, 4, 4], "out_channels": 4, "kernel": 1},
                   {"name": "s", "kind": "add", "inputs": ["a", "input"]})") ==
        "net.json, layer 's', field 'inputs': reads the input of the network, whose shape is not given; add \"input\": "
        "[C, H, W] to the network");
}

TEST_CASE("Sizes that would overflow are refused") {
    CHECK_THAT(layers_error(R"({"name": "a", "out_channels": 1048577, "kernel": 1})"),
               Catch::StartsWith("net.json, layer 'a', field 'out_channels': K 1048577 is outside 1 .. 1048576"));
    CHECK_THAT(parse_error(R"({"schema": 1, "name": "n", "input": [1048576, 1048576, 1048576], "layers": [
                              {"name": "fc", "kind": "fully_connected", "out_channels": 4}]})"),
               Catch::StartsWith("net.json, layer 'fc', field 'in': 1048576x1048576x1048576 flattens to "
                                 "1152921504606846976 inputs, more than 1048576"));
    std::string inputs = R"("input")";
    for (int i = 1; i < 3000; ++i) {
        inputs += R"(, "input")";
    }
    CHECK(parse_error(R"({"schema": 1, "name": "n", "input": [1048576, 1, 1], "layers": [
                         {"name": "c", "kind": "concat", "inputs": [)" +
                      inputs + "]}]}") ==
          "net.json, layer 'c', field 'inputs': the concat has more than 1048576 channels; join fewer layers");
}

TEST_CASE("Control characters of Unicode have no place in a text") {
    for (const std::string text :
         {"a\\u009b31m", "a\\u0085", "a\\u202eb", "a\\u2066b", "a\\u200bb", "a\\ufeff", "\\u2028"}) {
        INFO(text);
        CHECK(parse_error(R"({"schema": 1, "name": "n", "title": ")" + text + "\"}") ==
              "net.json, field 'title': has a line break or another control character; write it as one line of text");
    }
    CHECK_THAT(parse_error(R"({"schema": 1, "name": "Größe 層 \ud83d\ude00", "title": 3})"),
               Catch::Contains("'title'"));
}

TEST_CASE("A name of a layer that no line can show is refused") {
    CHECK(layers_error(R"({"name": ")" + std::string(100000, 'x') + R"(", "out_channels": 1, "kernel": 1})") ==
          "net.json, layer '" + std::string(80, 'x') + "...', field 'name': '" + std::string(80, 'x') +
              "...' has 100000 bytes; give a name of at most 200");
}

TEST_CASE("A very long or strange name is shown in a short line") {
    const std::string error = layers_error(R"({"name": "a", ")" + std::string(5000, 'x') + R"(\n\u00e9": 1})");
    CHECK(error.size() < 400);
    CHECK(error.find('\n') == std::string::npos);
    CHECK_THAT(layers_error(R"({"name": "a", "x\u0000\ty": 1})"),
               Catch::StartsWith("net.json, layer 'a', field 'x??y': unknown field. Known: "));
}
