#include "workloads/import.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/common/temporary_directory.h"
#include "tests/workloads/npz_builder.h"
#include "workloads/error.h"

using namespace nonzero;
using Catch::Matchers::Contains;
using nlohmann::ordered_json;
using nonzero::test::TemporaryDirectory;

namespace {

ordered_json photo(const char* digits) {
    return {{"x_shape", {2, 3, 3}},
            {"y_shape", {4, 2, 2}},
            {"y_sha256_nobias", digits},
            {"y_sha256_bias", std::string(digits) + "b"},
            {"nz_macs", 77}};
}

// One convolution of 2 groups; "beta" is the first photo although "alpha" sorts before it.
ordered_json example() {
    ordered_json layer = {{"name", "conv1"},
                          {"file", "conv1.npz"},
                          {"kind", "conv"},
                          {"w_shape", {4, 1, 2, 3}},
                          {"stride", {1, 2}},
                          {"pad_tlbr", {0, 1, 0, 1}},
                          {"groups", 2},
                          {"x_frac_bits", 7},
                          {"photos", ordered_json::object()}};
    layer["photos"]["beta"] = photo("12");
    layer["photos"]["alpha"] = photo("34");
    return {{"network", "an example"}, {"layers", {layer}}};
}

std::vector<std::int16_t> counted(int first, int count) {
    std::vector<std::int16_t> values;
    values.reserve(std::size_t(count));
    for (int i = 0; i < count; ++i) {
        values.push_back(static_cast<std::int16_t>(first + i));
    }
    return values;
}

class ExampleNetwork {
  public:
    ExampleNetwork() : path_(directory_.file("example")) {
        std::filesystem::create_directory(path_);
        write(example());
        write_npz(file("conv1.npz"), {{"w", npy("<i2", "(4, 1, 2, 3)", counted(-5, 24))},
                                      {"x_alpha", npy("<i2", "(2, 3, 3)", counted(100, 18))},
                                      {"x_beta", npy("<i2", "(2, 3, 3)", counted(200, 18))},
                                      {"b", npy<std::int32_t>("<i4", "(4,)", {1, -2, 1 << 30, 4})}});
    }
    void write(const ordered_json& network) { write_bytes(file("network.json"), network.dump()); }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    RealNetwork open() const { return RealNetwork::open(path_); }
    LayerTensors load() const {
        const RealNetwork network = open();
        return network.load(network.layers().front());
    }
    // The message when the first layer has this value in this field (removed when null pointer is given).
    std::string message_with(const std::string& pointer, const ordered_json& value) {
        ordered_json network = example();
        network[ordered_json::json_pointer(pointer)] = value;
        write(network);
        return message();
    }
    std::string message() const {
        try {
            load();
        } catch (const InputError& error) {
            CHECK(std::string(error.what()).find('\n') == std::string::npos);
            CHECK_THAT(error.what(), Contains(path_));
            return error.what();
        }
        return "no error";
    }

  private:
    TemporaryDirectory directory_;
    std::string path_;
};

}  // namespace

TEST_CASE("a network directory is read") {
    const ExampleNetwork files;
    const RealNetwork network = files.open();
    CHECK(network.title() == "an example");
    REQUIRE(network.layers().size() == 1);
    const RealLayer& real = network.layers().front();
    CHECK(network.find("conv1") == &real);
    CHECK(network.find("conv2") == nullptr);
    CHECK(real.layer.kind == LayerKind::convolution);
    CHECK(real.layer.C == 2);
    CHECK(real.layer.H == 3);
    CHECK(real.layer.W == 3);
    CHECK(real.layer.K == 4);
    CHECK(real.layer.KH == 2);
    CHECK(real.layer.KW == 3);
    CHECK(real.layer.stride_y == 1);
    CHECK(real.layer.stride_x == 2);
    CHECK(real.layer.pad == Padding{0, 1, 0, 1});
    CHECK(real.layer.groups == 2);
    CHECK(real.weight_bits == 16);
    CHECK(real.activation_bits == 16);
    REQUIRE(real.photos.size() == 2);
    CHECK(real.photos[0].name == "beta");
    CHECK(real.photos[0].sha256_without_bias == "12");
    CHECK(real.photos[0].sha256_with_bias == "12b");
    CHECK(real.photos[0].nz_macs == 77);
    CHECK(real.photos[1].name == "alpha");

    const LayerTensors tensors = network.load(real);
    CHECK(tensors.weights.shape == real.layer.weight_shape());
    CHECK(tensors.weights.data == counted(-5, 24));
    CHECK(tensors.input.shape == real.layer.input_shape());
    CHECK(tensors.input.data == counted(200, 18));
    CHECK(tensors.bias == std::vector<std::int64_t>{1, -2, 1 << 30, 4});
    CHECK(network.load(real, "alpha").input.data == counted(100, 18));
    CHECK_THROWS_WITH(network.load(real, "gamma"), Contains("'gamma'") && Contains("beta, alpha"));
}

TEST_CASE("groups decide what a depthwise layer is") {
    ExampleNetwork files;
    ordered_json network = example();
    network["layers"][0]["kind"] = "depthwise";
    network["layers"][0]["x_frac_bits"] = nullptr;
    files.write(network);
    const RealLayer depthwise = files.open().layers().front();
    CHECK(depthwise.layer.kind == LayerKind::depthwise);
    CHECK(depthwise.weight_bits == 9);
    CHECK(depthwise.activation_bits == 9);

    network["layers"][0]["groups"] = 1;
    network["layers"][0]["w_shape"] = {4, 2, 2, 3};
    files.write(network);
    CHECK(files.open().layers().front().layer.kind == LayerKind::convolution);
}

TEST_CASE("an input may live in another layer's file and the bias may be absent") {
    ExampleNetwork files;
    ordered_json network = example();
    network["layers"][0]["x_file"] = "other.npz";
    files.write(network);
    CHECK_THAT(files.message(), Contains("other.npz"));
    write_npz(files.file("other.npz"), {{"x_beta", npy("<i2", "(2, 3, 3)", counted(7, 18))}});
    write_npz(files.file("conv1.npz"), {{"w", npy("<i2", "(4, 1, 2, 3)", counted(0, 24))}});
    const LayerTensors tensors = files.load();
    CHECK(tensors.input.data == counted(7, 18));
    CHECK(tensors.bias.empty());
}

TEST_CASE("a directory without a readable network.json is refused by name") {
    const TemporaryDirectory directory;
    CHECK_THROWS_WITH(RealNetwork::open(directory.file("absent")), Contains("absent/network.json"));
    CHECK_THROWS_WITH(RealNetwork::open(directory.file("")), Contains("network.json' cannot be read"));
    for (const std::string& text :
         std::vector<std::string>{"", "{", "[]", "{}", "3", "{\"layers\": 3}", "{\"layers\": []}", "{\"layers\": [3]}",
                                  "{\"layers\": [{}]}", "{\"layers\": [{}], \"layers\": [{}]}", "\xff\xfe"}) {
        write_bytes(directory.file("network.json"), text);
        CHECK_THROWS_AS(RealNetwork::open(directory.file("")), InputError);
        CHECK_THROWS_WITH(RealNetwork::open(directory.file("")), Contains(directory.file("network.json")));
    }
    const std::string deep = "{\"layers\": [{\"photos\": " + std::string(100000, '[');
    write_bytes(directory.file("network.json"), deep + std::string(100000, ']') + "}]}");
    CHECK_THROWS_AS(RealNetwork::open(directory.file("")), InputError);
}

TEST_CASE("fields of network.json that cannot be are refused with layer and field") {
    ExampleNetwork files;
    const std::string layer = "/layers/0/";
    const auto refused = [&](const std::string& field, const ordered_json& value) {
        std::string message = files.message_with(layer + field, value);
        CHECK_THAT(message, Contains("layer"));
        return message;
    };
    CHECK_THAT(refused("kind", "dense"), Contains("'dense'") && Contains("depthwise"));
    CHECK_THAT(refused("kind", 3), Contains("'kind'"));
    CHECK_THAT(refused("name", nullptr), Contains("'name'"));
    CHECK_THAT(refused("w_shape", {4, 1, 2}), Contains("'w_shape'"));
    CHECK_THAT(refused("w_shape", {4, 2, 2, 3}), Contains("'w_shape'"));
    CHECK_THAT(refused("w_shape", {4, 1, 2, 1.5}), Contains("'w_shape'"));
    CHECK_THAT(refused("w_shape", {4294967300, 1, 2, 3}), Contains("'w_shape'"));
    CHECK_THAT(refused("w_shape", {1152921504606846976, 1, 2, 3}), Contains("'w_shape'"));
    CHECK_THAT(refused("w_shape", {-4, 1, 2, 3}), Contains("-4"));
    CHECK_THAT(refused("w_shape", {4, 1, 9, 3}), Contains("kernel"));
    CHECK_THAT(refused("stride", {0, 1}), Contains("stride"));
    CHECK_THAT(refused("stride", "1"), Contains("'stride'"));
    CHECK_THAT(refused("pad_tlbr", {0, 0, 0, -1}), Contains("pad"));
    CHECK_THAT(refused("groups", 0), Contains("groups"));
    CHECK_THAT(refused("groups", 3), Contains("groups"));
    CHECK_THAT(refused("photos", ordered_json::object()), Contains("'photos'"));
    CHECK_THAT(refused("photos", {1, 2}), Contains("'photos'"));
    CHECK_THAT(refused("photos/alpha", 5), Contains("'alpha'"));
    CHECK_THAT(refused("photos/alpha/x_shape", {2, 3, 4}), Contains("'alpha'") && Contains("x_shape"));
    CHECK_THAT(refused("photos/beta/x_shape", {2, 3}), Contains("'beta'") && Contains("'x_shape'"));
    CHECK_THAT(refused("photos/beta/y_shape", {4, 2, 3}), Contains("y_shape"));
    CHECK_THAT(refused("photos/beta/nz_macs", -1), Contains("'nz_macs'"));
    CHECK_THAT(refused("photos/beta/nz_macs", "many"), Contains("'nz_macs'"));
    CHECK_THAT(refused("file", "absent\n.npz"), Contains("'file'"));

    ordered_json network = example();
    network["layers"].push_back(network["layers"][0]);
    files.write(network);
    CHECK_THAT(files.message(), Contains("layer 'conv1', field 'name': 'conv1' is the name of layer 1 too"));
    CHECK(files.message_with(layer + "kind", "conv") == "no error");
}

TEST_CASE("dilation of a data set is read") {
    ExampleNetwork files;
    ordered_json network = example();
    network["layers"][0]["dilation"] = {2, 1};  // a plane of 4 rows would be one of 1
    files.write(network);
    CHECK_THAT(files.message(), Contains("layer 'conv1', field 'photos': y_shape is 4x2x2, the layer's output 4x1x2"));
    for (const char* name : {"beta", "alpha"}) {
        network["layers"][0]["photos"][name]["y_shape"] = {4, 1, 2};
    }
    files.write(network);
    const Layer layer = files.open().layers().front().layer;
    CHECK(layer.dilation_y == 2);
    CHECK(layer.dilation_x == 1);
    CHECK_THAT(files.message_with("/layers/0/dilation", 0), Contains("'dilation': vertical dilation 0 is outside"));
}

TEST_CASE("unknown fields of a data set are refused by name, a wrong kind before them") {
    ExampleNetwork files;
    CHECK_THAT(files.message_with("/layers/0/dilatoin", 2),
               Contains("layer 'conv1', field 'dilatoin': unknown field, did you mean 'dilation'? Known: name, "));
    CHECK_THAT(files.message_with("/layers/0/photos/alpha/nz_mac", 2),
               Contains("layer 'conv1', photo 'alpha', field 'nz_mac': unknown field, did you mean 'nz_macs'?"));
    CHECK_THAT(files.message_with("/layer", 2),
               Contains("network.json, field 'layer': unknown field, did you mean 'layers'?"));
    ordered_json network = example();
    network["layers"][0]["kind"] = "depthwize";
    network["layers"][0]["multiplier"] = 2;
    files.write(network);
    CHECK_THAT(files.message(), Contains("field 'kind': unknown kind 'depthwize', did you mean 'depthwise'? Known: "
                                         "conv, depthwise, fc"));
    network["layers"][0]["kind"] = "fc";
    network["layers"][0].erase("multiplier");
    network["layers"][0]["dilation"] = 2;
    files.write(network);
    CHECK_THAT(files.message(), Contains("'dilation': does not apply to a layer of kind fc; remove it"));
}

TEST_CASE("a field that cannot be goes by its name in the data set") {
    ExampleNetwork files;
    CHECK_THAT(files.message_with("/layers/0/w_shape", {4, 1, 9, 3}),
               Contains("'conv1', field 'w_shape': reaches over"));
    CHECK_THAT(files.message_with("/layers/0/pad_tlbr", {0, 0, 0, -1}), Contains("'conv1', field 'pad_tlbr': right"));
}

TEST_CASE("arrays that do not fit network.json are refused with file and array") {
    ExampleNetwork files;
    const std::string w = npy("<i2", "(4, 1, 2, 3)", counted(0, 24));
    const std::string x = npy("<i2", "(2, 3, 3)", counted(0, 18));
    const auto message = [&files](const std::vector<std::pair<std::string, std::string>>& arrays) {
        write_npz(files.file("conv1.npz"), arrays);
        std::string text = files.message();
        CHECK_THAT(text, Contains("conv1.npz") || Contains("no error"));
        return text;
    };
    CHECK(message({{"w", w}, {"x_beta", x}}) == "no error");
    CHECK_THAT(message({{"x_beta", x}}), Contains("array 'w' is missing"));
    CHECK_THAT(message({{"w", w}, {"x_alpha", x}}), Contains("array 'x_beta' is missing"));
    CHECK_THAT(message({{"w", x}, {"x_beta", x}}), Contains("array 'w' has shape"));
    CHECK_THAT(message({{"w", w}, {"x_beta", w}}), Contains("array 'x_beta' has shape"));
    CHECK_THAT(message({{"w", npy("<f2", "(4, 1, 2, 3)", counted(0, 24))}, {"x_beta", x}}), Contains("data type"));
    CHECK_THAT(message({{"w", w}, {"x_beta", x}, {"b", npy("<i2", "(3,)", counted(0, 3))}}),
               Contains("array 'b' has shape"));
    CHECK_THAT(message({{"w", w}, {"x_beta", x}, {"b", npy("<f8", "(4,)", std::vector<std::int64_t>(4))}}),
               Contains("array 'b' has data type '<f8'"));
    std::filesystem::remove(files.file("conv1.npz"));
    CHECK_THAT(files.message(), Contains("conv1.npz"));
}

TEST_CASE("a mutated network.json fails or opens") {
    const TemporaryDirectory directory;
    const std::string whole = example().dump();
    CHECK(test::property_holds("bytes of network.json", [&] {
        std::string text = whole;
        const int mutations = *rc::gen::inRange(1, 4);
        for (int i = 0; i < mutations; ++i) {
            text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::oneOf(
                rc::gen::arbitrary<char>(), rc::gen::element('{', '}', '[', ']', '"', ',', ':', '-', '0', '9', 'e'));
        }
        write_bytes(directory.file("network.json"), text);
        try {
            RC_ASSERT(RealNetwork::open(directory.file("")).layers().size() == 1U);
        } catch (const InputError&) {
        }
    }));
}

TEST_CASE("SHA-256 goes over little-endian int64") {
    // Computed with Python: hashlib.sha256(struct.pack("<3q", 1, -2, 3 << 40)).hexdigest()
    Psums values({3});
    values.data = {1, -2, 3LL << 40};
    CHECK(sha256_of(values) == "ae949ffe50d17d1231fc7061de9320a41f9ce63646363cd051b37cd9087bebb4");
    CHECK(sha256_of(Psums({0})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
