#include "workloads/narrow_operands.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "workloads/hashed_operands.h"
#include "workloads/sparsity.h"

using namespace nonzero;

TEST_CASE("a value that does not fit is folded, one that fits stays") {
    Operands operands({1, 1, 9});
    operands.data = {0, 1, -1, 127, -128, 128, 255, -129, 254};
    narrow_operands(operands, 8);
    CHECK(operands.data == std::vector<std::int16_t>{0, 1, -1, 127, -128, 1, 1, -2, 127});
    narrow_operands(operands, 2);
    CHECK(operands.data == std::vector<std::int16_t>{0, 1, -1, 1, -1, 1, 1, -2, 1});
}

TEST_CASE("narrowing keeps zeros and signs, at any width") {
    CHECK(test::property_holds("any values", [] {
        const int bits = *rc::gen::inRange(2, 17);
        Operands operands;
        operands.data = *rc::gen::arbitrary<std::vector<std::int16_t>>();
        operands.shape = {operands.data.size()};
        const Operands before = operands;
        narrow_operands(operands, bits);
        const int limit = 1 << (bits - 1);
        for (std::size_t n = 0; n < before.size(); ++n) {
            const int from = before.data[n];
            const int to = operands.data[n];
            RC_ASSERT((to >= -limit && to < limit));
            RC_ASSERT((from == 0) == (to == 0));
            RC_ASSERT((from < 0) == (to < 0));
            RC_ASSERT((to == from || from < -limit || from >= limit));
        }
    }));
}

TEST_CASE("what is generated fits nine bits, so that no wider machine sees other values") {
    Layer layer;
    layer.name = "wide";
    layer.C = 20;
    layer.H = layer.W = 9;
    layer.K = 30;
    layer.KH = layer.KW = 3;
    for (const Operands& made : {generate_weights(layer, 0.7, SparsityPattern::uniform, 1),
                                 generate_activations(layer, 0.7, SparsityPattern::correlated, 1),
                                 hashed_weights(layer, 2, UniformDensity{60}), hashed_activations(layer, 2)}) {
        Operands narrowed = made;
        narrow_operands(narrowed, 9);
        CHECK(narrowed == made);
        narrow_operands(narrowed, 8);
        CHECK(non_zeros(narrowed) == non_zeros(made));
    }
}
