// N:M over really pruned layers: the data set's derived cases, and its statistics of how full the windows are.

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/common/real_data.h"
#include "workloads/gemm.h"
#include "workloads/import.h"
#include "workloads/nm.h"
#include "workloads/reference.h"
#include "workloads/sparsity.h"

using namespace nonzero;
using nlohmann::json;
using test::real_data;

namespace {

json read(const std::string& name) {
    return json::parse(std::ifstream(real_data(name)));
}

void check_derived(const std::string& network_name, std::size_t cases) {
    const json data = read("nm_derived.json");
    const RealNetwork network = RealNetwork::open(real_data(network_name));
    std::size_t checked = 0;
    for (const json& expected : data["cases"]) {
        if (expected["network"] != network_name) {
            continue;
        }
        const NmPattern pattern{expected["N"], expected["M"]};
        INFO(expected["layer"] << " at " << to_string(pattern));
        const RealLayer* real = network.find(expected["layer"]);
        REQUIRE(real != nullptr);
        const LayerTensors tensors = network.load(*real, expected["photo"]);
        // Their windows are M input channels of one tap. Where M divides the channels, those are the windows of a row.
        REQUIRE(real->layer.C % pattern.m == 0);
        Operands matrix = gemm_weights(real->layer, tensors.weights);
        prune_to_largest(matrix, pattern);
        const Operands weights = layer_weights(real->layer, matrix);
        CHECK(non_zeros(weights) == expected["w_nnz"]);
        CHECK(useful_products(real->layer, tensors.input, weights) == expected["nz_macs"]);
        CHECK(sha256_of(convolve(real->layer, tensors.input, weights)) == expected["y_sha256_nobias"]);
        ++checked;
    }
    CHECK(checked == cases);
}

}  // namespace

TEST_CASE("Derived N:M cases of squeezenet_dc") {
    check_derived("squeezenet_dc", 83);
}
TEST_CASE("Derived N:M cases of mobilenet_v2_100_224") {
    check_derived("mobilenet_v2_100_224", 110);
}

TEST_CASE("How full the windows of really pruned layers are") {
    const json data = read("nm_structure.json");
    std::size_t checked = 0;
    for (const json& expected : data) {
        INFO(expected["network"] << " " << expected["layer"]);
        const RealNetwork network = RealNetwork::open(real_data(expected["network"]));
        const RealLayer* real = network.find(expected["layer"]);
        REQUIRE(real != nullptr);
        const Operands matrix = gemm_weights(real->layer, network.load(*real).weights);
        const std::size_t columns = matrix.shape[1];
        for (const int m : {4, 8, 16, 32, 64, 128}) {
            const std::string key = "nnz_per_block_" + std::to_string(m);
            if (!expected.contains(key)) {
                continue;
            }
            // The statistics leave a short last block out.
            const std::size_t whole = columns / std::size_t(m) * std::size_t(m);
            int fullest = 0;
            for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
                fullest = std::max(fullest, fullest_window(std::span(matrix.data).subspan(row * columns, whole), m));
            }
            CHECK(fullest == expected[key]["max"]);
            ++checked;
        }
        int fullest_row = 0;
        for (std::size_t row = 0; row < matrix.shape[0]; ++row) {
            fullest_row = std::max(
                fullest_row, fullest_window(std::span(matrix.data).subspan(row * columns, columns), int(columns)));
        }
        CHECK(fullest_row == expected["nnz_per_row"]["max"]);
    }
    CHECK(checked > 100);
}
