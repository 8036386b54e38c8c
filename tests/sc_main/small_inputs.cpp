#include "tests/sc_main/small_inputs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "workloads/import.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

namespace nonzero::test {

namespace {

Operands random_operands(const std::vector<std::size_t>& shape, int limit, std::mt19937& random) {
    Operands tensor(shape);
    for (auto& value : tensor.data) {
        value = random() % 3 == 0 ? std::int16_t(int(random() % unsigned(2 * limit + 1)) - limit) : std::int16_t(0);
    }
    return tensor;
}

nlohmann::json entry_of(const SmallTensorLayer& made, bool quantised) {
    const Layer& layer = made.layer;
    nlohmann::json entry;
    entry["name"] = layer.name;
    entry["file"] = layer.name + ".npz";
    entry["kind"] = "conv";
    entry["w_shape"] = layer.weight_shape();
    entry["stride"] = {layer.stride_y, layer.stride_x};
    entry["pad_tlbr"] = {layer.pad.top, layer.pad.left, layer.pad.bottom, layer.pad.right};
    entry["groups"] = layer.groups;
    if (quantised) {
        entry["w_frac_bits"] = nullptr;
        entry["x_frac_bits"] = nullptr;
    } else {
        entry["w_frac_bits"] = 14;
        entry["x_frac_bits"] = 10;
    }
    entry["photos"]["cat"] = {{"x_shape", layer.input_shape()},
                              {"y_shape", layer.output_shape()},
                              {"y_sha256_nobias", made.sha256},
                              {"nz_macs", made.products}};
    return entry;
}

}  // namespace

std::vector<SmallTensorLayer> write_tensors(const std::string& directory, int layers, bool quantised,
                                            const std::string& wrong_sha256, const std::string& wrong_products) {
    std::mt19937 random(2017);
    std::vector<SmallTensorLayer> all;
    nlohmann::json network{{"network", "handmade"}, {"layers", nlohmann::json::array()}};
    for (int number = 1; number <= layers; ++number) {
        SmallTensorLayer made;
        made.layer.name = fmt::format("conv{}", number);
        made.layer.C = 3;
        made.layer.H = 9;
        made.layer.W = 10;
        made.layer.K = 5;
        made.layer.KH = 3;
        made.layer.KW = 3;
        made.layer.stride_y = made.layer.stride_x = number;
        made.layer.pad = {1, 1, 0, 1};
        const int limit = quantised ? 255 : 30000;
        made.weights = random_operands(made.layer.weight_shape(), limit, random);
        made.input = random_operands(made.layer.input_shape(), limit, random);
        made.sha256 = sha256_of(convolve(made.layer, made.input, made.weights));
        made.products = useful_products(made.layer, made.input, made.weights);
        if (wrong_sha256 == made.layer.name) {
            made.sha256.front() = made.sha256.front() == '0' ? '1' : '0';
        }
        if (wrong_products == made.layer.name) {
            ++made.products;
        }
        const std::vector<std::int64_t> bias{1, -2, 30, 400, -5000};
        write_npz(directory + "/" + made.layer.name + ".npz", {{"w", npy("<i2", "(5, 3, 3, 3)", made.weights.data)},
                                                               {"b", npy("<i8", "(5,)", bias)},
                                                               {"x_cat", npy("<i2", "(3, 9, 10)", made.input.data)}});
        network["layers"].push_back(entry_of(made, quantised));
        all.push_back(std::move(made));
    }
    write_bytes(directory + "/network.json", network.dump(1));
    return all;
}

}  // namespace nonzero::test
