#include "workloads/quantised_network.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/common/temporary_directory.h"
#include "tests/workloads/small_graph.h"
#include "workloads/error.h"

using namespace nonzero;
using Catch::Matchers::Contains;
using nlohmann::ordered_json;
using nonzero::test::small_graph;
using nonzero::test::TemporaryDirectory;

namespace {

struct Folder {
    std::string data() const { return directory.file("net"); }
    RealNetwork open(const ordered_json& network = small_graph()) const {
        test::write_small_graph(data(), network);
        return RealNetwork::open(data());
    }
    std::string message_with(const std::string& pointer, const ordered_json& value) const {
        ordered_json network = small_graph();
        network[ordered_json::json_pointer(pointer)] = value;
        const RealNetwork data_set = open(network);
        try {
            const QuantisedNetwork quantised(data_set);
        } catch (const InputError& error) {
            CHECK(std::string(error.what()).find('\n') == std::string::npos);
            return error.what();
        }
        return "no error";
    }
    TemporaryDirectory directory;
};

// The rule in double, as the data set's own words say it: round half up, then clip.
std::vector<std::int16_t> in_double(const std::vector<double>& real_over_scale, int zero_point, double low,
                                    double high) {
    std::vector<std::int16_t> stored;
    for (const double value : real_over_scale) {
        const double q = std::floor(value + 0.5) + zero_point;
        stored.push_back(std::int16_t(std::min(std::max(q, low), high) - zero_point));
    }
    return stored;
}

}  // namespace

TEST_CASE("a network is walked by the rule of its scales") {
    const Folder files;
    const RealNetwork data = files.open();
    const QuantisedNetwork network(data);
    CHECK(network.element_type() == std::string("int8"));
    const ordered_json json = small_graph();
    std::vector<Operands> inputs;
    std::vector<Operands> outputs;
    walk_network(network, "", [&](std::size_t layer, const ReferenceLayer& values) {
        const auto& entry = json["layers"][layer];
        INFO(entry["name"]);
        const std::size_t plane = values.sums.size() / values.sums.shape[0];
        std::vector<double> scaled;
        for (std::size_t i = 0; i < values.sums.size(); ++i) {
            const std::size_t k = i / plane;
            const auto& scale = entry["wscale"];
            const double weight = scale.is_string()  ? 0.0123 + 0.004
                                  : scale.is_array() ? scale[scale.size() == 1 ? 0 : k].get<double>()
                                                     : scale.get<double>();
            scaled.push_back(double(values.sums.data[i] + values.tensors.bias[k]) * entry["xscale"].get<double>() *
                             weight / entry["oscale"].get<double>());
        }
        const int zero = entry["ozp"];
        const bool relu = entry["fused_activation"] != "none";
        const double high =
            entry["fused_activation"] == "relu6" ? std::min(127.0, zero + std::floor(6 / 0.03 + 0.5)) : 127;
        CHECK(values.output.data == in_double(scaled, zero, relu ? std::max(zero, -128) : -128, high));
        inputs.push_back(values.input);
        outputs.push_back(values.output);
    });
    REQUIRE(outputs.size() == 5);
    CHECK(inputs[0] == data.load(data.layers()[0]).input);
    CHECK(inputs[1] == outputs[0]);
    CHECK(inputs[3] == inputs[2]);
    std::vector<double> sums;
    for (std::size_t i = 0; i < inputs[2].size(); ++i) {
        sums.push_back((outputs[1].data[i] * 0.613 + inputs[1].data[i] * 0.757) / 0.911);
    }
    CHECK(inputs[2].data == in_double(sums, -128, -128, 127));
    for (std::size_t c = 0; c < 4; ++c) {
        double sum = 0;
        for (std::size_t i = 0; i < 36; ++i) {
            sum += outputs[2].data[c * 36 + i];
        }
        CHECK(inputs[4].data[c] == int(std::floor(sum / 36 + 0.5)));
    }
}

TEST_CASE("unsigned numbers clip at 0 and 255") {
    const Folder files;
    ordered_json json = small_graph();
    for (auto& layer : json["layers"]) {
        layer["xzp"] = layer["xzp"].get<int>() + 128;
        layer["ozp"] = layer["ozp"].get<int>() + 128;
    }
    const RealNetwork data = files.open(json);
    const QuantisedNetwork network(data);
    CHECK(network.element_type() == std::string("uint8"));
    const PostProcessing processing = network.post_processing(1, {}, 32, 9);
    CHECK(processing.clamp_low == 0);
    CHECK(processing.clamp_high == 255);
    CHECK_FALSE(processing.relu);
    CHECK(processing.output_bits == 9);
    // A shift of all zero points and clips changes no stored value.
    const Folder others;
    const RealNetwork of_int8 = others.open();
    CHECK(walk_network(network, "") == walk_network(QuantisedNetwork(of_int8), ""));
}

TEST_CASE("what a whole network needs is missed by name") {
    const Folder files;
    ordered_json json = small_graph();
    json["layers"][2].erase("xscale");
    const RealNetwork data = files.open(json);
    CHECK_THROWS_WITH(QuantisedNetwork(data), Contains("layer 'c', field 'xscale': missing"));
    CHECK_THAT(files.message_with("/layers/0/oscale", 0), Contains("layer 'a', field 'oscale': has a scale of 0"));
    CHECK_THAT(files.message_with("/layers/0/oscale", "x"), Contains("field 'oscale'"));
    CHECK_THAT(files.message_with("/layers/0/ozp", 256), Contains("256 is no zero point"));
    CHECK_THAT(files.message_with("/layers/1/ozp", 200), Contains("layer 'b', field 'ozp': 200 is no int8"));
    CHECK_THAT(files.message_with("/layers/0/wscale", {0.1, 0.2}), Contains("has 2 scales"));
    CHECK_THAT(files.message_with("/layers/0/wscale", {"a"}), Contains("is not a list of numbers"));
    CHECK_THAT(files.message_with("/layers/0/wscale", {-0.5}), Contains("has a scale of -0.5"));
    CHECK_THAT(files.message_with("/layers/0/fused_activation", "relu66"),
               Contains("unknown activation 'relu66', did you mean 'relu6'?"));
    CHECK_THAT(files.message_with("/element_type", "int9"), Contains("'int9' is not int8 or uint8"));
    CHECK_THAT(files.message_with("/layers/4/oscale", 1e-30), Contains("layer 'e': a factor of"));
    CHECK_THAT(files.message_with("/layers/1/xscale", 0.5), Contains("layer 'b': its input has scale 0.5"));
}

TEST_CASE("a real factor is the nearest multiplier and shift") {
    CHECK(requantisation_of(0.5).multiplier == 1 << 30);
    CHECK(requantisation_of(0.5).shift == 0);
    CHECK(requantisation_of(1).shift == -1);
    CHECK(requantisation_of(0.3).multiplier == std::lround(std::ldexp(0.3, 32)));
    CHECK(requantisation_of(0.3).shift == 1);
    // Rounded up to the next power of two.
    CHECK(requantisation_of(1 - 1e-15).multiplier == 1 << 30);
    CHECK(requantisation_of(1 - 1e-15).shift == -1);
    CHECK_THROWS_AS(requantisation_of(0), InputError);
    CHECK_THROWS_AS(requantisation_of(1e-12), InputError);
    CHECK_THROWS_AS(requantisation_of(1e12), InputError);
    CHECK_THROWS_AS(requantisation_of(std::nan("")), InputError);
}
