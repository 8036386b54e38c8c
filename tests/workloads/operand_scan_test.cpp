#include "workloads/operand_scan.h"

#include "tests/common/property.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "tests/workloads/random_layer.h"

using namespace nonzero;

TEST_CASE("bounds and non-zeros of any operands") {
    CHECK(test::property_holds("as by looking at each", [] {
        const Operands operands = random_operands({std::size_t(in_range(0, 300))});
        const OperandBounds bounds = bounds_of(operands.data);
        int low = 0;
        int high = 0;
        std::uint64_t non_zeros = 0;
        for (const std::int16_t value : operands.data) {
            low = std::min(low, int{value});
            high = std::max(high, int{value});
            non_zeros += value != 0;
        }
        RC_ASSERT(bounds.low == low);
        RC_ASSERT(bounds.high == high);
        RC_ASSERT(bounds.magnitude() == std::max(-low, high));
        RC_ASSERT(count_non_zeros(operands.data) == non_zeros);
    }));
}

TEST_CASE("operands fit a number of bits in two's complement") {
    CHECK(OperandBounds{-128, 127}.fit(8));
    CHECK_FALSE(OperandBounds{-129, 0}.fit(8));
    CHECK_FALSE(OperandBounds{0, 128}.fit(8));
    CHECK(OperandBounds{INT16_MIN, INT16_MAX}.fit(16));
    CHECK(OperandBounds{INT16_MIN, 0}.magnitude() == 32768);
}

TEST_CASE("more non-zeros are counted than 16 bits hold") {
    std::vector<std::int16_t> operands(200001, -1);
    operands[70000] = 0;
    CHECK(count_non_zeros(operands) == 200000);
    CHECK(count_non_zeros(std::span(operands).first(65535)) == 65535);
    CHECK(count_non_zeros(std::span(operands).first(65536)) == 65536);
}
