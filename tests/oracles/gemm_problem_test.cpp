// The oracles' matrices and products against those of the workloads room, written apart from each other.
#include "tests/oracles/gemm_problem.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>

#include "tests/oracles/layer_problem.h"
#include "tests/oracles/random_gemm.h"
#include "tests/workloads/random_layer.h"
#include "workloads/gemm.h"
#include "workloads/hashed_operands.h"
#include "workloads/im2col.h"
#include "workloads/import.h"
#include "workloads/network.h"
#include "workloads/reference.h"

using namespace nonzero;
using namespace nonzero::oracle;

TEST_CASE("both rooms make the same deterministic matrices") {
    CHECK(test::property_holds("N:M, uD, column groups; values", [] {
        const GemmShape shape{in_range(1, 3), in_range(1, 9), in_range(1, 40), in_range(1, 9)};
        const auto l = std::uint32_t(in_range(0, 53));
        const int m = in_range(1, 12), n = in_range(1, m), percent = in_range(0, 100), rows = in_range(1, 5);
        const auto problem = [&](const Mask& mask) {
            return hashed_problem(shape.groups, shape.Mo, shape.K, shape.P, mask, l);
        };
        RC_ASSERT(problem({Mask::nm, n, m}).A == hashed_matrix(shape, l, NmPattern{n, m}).data);
        RC_ASSERT(problem({Mask::percent, percent}).A == hashed_matrix(shape, l, UniformDensity{percent}).data);
        RC_ASSERT(problem({Mask::columns, n, m, rows}).A == hashed_matrix(shape, l, ColumnGroups{{n, m}, rows}).data);

        const Layer layer = gemm_layer("product", shape);
        const GemmProblem whole = problem({Mask::nm, n, m});
        const Operands activations = hashed_activations(layer, l);
        RC_ASSERT(whole.B == activations.data);
        RC_ASSERT(multiply(whole) == convolve(layer, activations, hashed_weights(layer, l, NmPattern{n, m})).data);
    }));
}

TEST_CASE("the product of the anchor") {
    Psums y({64, 64});
    y.data = multiply(hashed_problem(1, 64, 128, 64, {Mask::nm, 8, 128}));
    CHECK(sha256_of(y) == "addac1cf26a855da598f6fbd31556f8e1bebcbaaa5e5d9c02398326a79321d33");
}

TEST_CASE("the products of ResNet-50 are those of the built-in network") {
    const Network network = load_network("resnet50");
    const auto layers = network.weighted_layers(true);
    const auto shapes = resnet50_shapes();
    REQUIRE(layers.size() == shapes.size());
    for (std::size_t l = 0; l < layers.size(); ++l) {
        INFO(layers[l]->name);
        CHECK(gemm_shape(*layers[l]) == GemmShape{shapes[l].groups, shapes[l].Mo, shapes[l].K, shapes[l].P});
    }
}

TEST_CASE("a layer is the product of its matrices") {
    CHECK(test::property_holds("any convolution, by both rooms", [] {
        const Layer layer = random_layer();
        const Operands input = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        const GemmProblem problem = problem_of(layer, input, weights);
        RC_ASSERT(multiply(problem) == convolve(layer, input, weights).data);
        RC_ASSERT(problem.A == gemm_weights(layer, weights).data);
        const Im2col b(layer, input);
        for (int row = 0; row < problem.groups * problem.K; ++row)
            for (int p = 0; p < problem.P; ++p)
                RC_ASSERT(b.at(row / problem.K, row % problem.K, p) == problem.b(row / problem.K, row % problem.K, p));
    }));
}
