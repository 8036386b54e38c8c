#include "tests/workloads/small_graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

#include "tests/workloads/npz_builder.h"

namespace nonzero::test {

namespace {

using nlohmann::ordered_json;

ordered_json layer(const char* name, const char* kind, const std::vector<int>& weights, const std::vector<int>& input,
                   const std::vector<int>& output, int stride, int pad, int groups) {
    ordered_json json = {{"name", name},
                         {"file", std::string(name) + ".npz"},
                         {"kind", kind},
                         {"w_shape", weights},
                         {"stride", {stride, stride}},
                         {"pad_tlbr", {pad, pad, pad, pad}},
                         {"groups", groups},
                         {"x_frac_bits", nullptr}};
    json["photos"]["cat"] = {{"x_shape", input}, {"y_shape", output}};
    return json;
}

void quantise(ordered_json& json, double input, int input_zero, const ordered_json& weights, double output,
              int output_zero, const char* activation) {
    json["xscale"] = input;
    json["xzp"] = input_zero;
    json["wscale"] = weights;
    json["oscale"] = output;
    json["ozp"] = output_zero;
    json["fused_activation"] = activation;
}

std::vector<std::int16_t> random_values(std::size_t count, int low, int high, std::mt19937& random) {
    std::vector<std::int16_t> values(count);
    for (std::int16_t& value : values) {
        value = std::int16_t(low + int(random() % unsigned(high - low + 1)));
    }
    return values;
}

std::size_t elements(const ordered_json& shape) {
    std::size_t product = 1;
    for (const auto& size : shape) {
        product *= size.get<std::size_t>();
    }
    return product;
}

std::string tuple(const ordered_json& shape) {
    return fmt::format("({})", fmt::join(shape.get<std::vector<int>>(), ", "));
}

}  // namespace

ordered_json small_graph() {
    ordered_json a = layer("a", "conv", {4, 3, 3, 3}, {3, 6, 6}, {4, 6, 6}, 1, 1, 1);
    quantise(a, 0.5, -3, {0.01}, 0.757, -128, "relu");
    ordered_json b = layer("b", "conv", {4, 4, 1, 1}, {4, 6, 6}, {4, 6, 6}, 1, 0, 1);
    quantise(b, 0.757, -128, "per output channel, in npz as wscale", 0.613, 7, "none");
    ordered_json c = layer("c", "depthwise", {4, 1, 3, 3}, {4, 6, 6}, {4, 6, 6}, 1, 1, 4);
    quantise(c, 0.911, -128, {0.01, 0.011, 0.012, 0.013}, 0.03, -128, "relu6");
    ordered_json d = layer("d", "conv", {2, 4, 1, 1}, {4, 6, 6}, {2, 3, 3}, 2, 0, 1);
    quantise(d, 0.911, -128, 0.02, 1.5, 11, "none");
    ordered_json e = layer("e", "fc", {5, 4, 1, 1}, {4, 1, 1}, {5, 1, 1}, 1, 0, 1);
    quantise(e, 0.03, -128, {0.01}, 0.1, 20, "none");
    return {{"network", "a small graph"},
            {"edges",
             {{"c", {{"op", {"add"}}, {"of", {"y:b", "x:b"}}, {"relu", true}}},
              {"d", {{"op", {"same"}}, {"of", {"x:c"}}}},
              {"e", {{"op", {"average"}}, {"of", {"y:c"}}}}}},
            {"layers", {a, b, c, d, e}}};
}

void write_small_graph(const std::string& directory, const ordered_json& network) {
    std::filesystem::create_directories(directory);
    write_bytes(directory + "/network.json", network.dump());
    std::mt19937 random(41);
    for (const ordered_json& entry : network["layers"]) {
        const ordered_json& weights = entry["w_shape"];
        const ordered_json& input = entry["photos"]["cat"]["x_shape"];
        const auto channels = weights[0].get<std::size_t>();
        write_npz(directory + "/" + entry["file"].get<std::string>(),
                  {{"w", npy("<i2", tuple(weights), random_values(elements(weights), -127, 127, random))},
                   {"b", npy("<i2", fmt::format("({},)", channels), random_values(channels, -3000, 3000, random))},
                   {"wscale", npy("<f8", fmt::format("({},)", channels),
                                  std::vector<double>(channels, 0.0123 + 0.001 * double(channels)))},
                   {"x_cat", npy("<i2", tuple(input), random_values(elements(input), -125, 130, random))}});
    }
}

}  // namespace nonzero::test
