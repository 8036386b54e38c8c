// What a descriptor means to a GEMM engine, and which ones none can run.

#include "models/gemm/gemm_plan.h"

#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <cmath>

#include "models/gemm/operand_width.h"

using namespace nonzero;
using namespace nonzero::gemm;

namespace {

constexpr GemmWidths kWidths{9, 32};

// 2 groups of 3 x (2*3*2) by (2*3*2) x (4*5).
nz_descriptor sound() {
    nz_descriptor d{};
    d.opcode = NZ_OP_CONV;
    d.c = 4;
    d.h = 6;
    d.w = 10;
    d.k = 6;
    d.r = 3;
    d.s = 2;
    d.p = 4;
    d.q = 5;
    d.stride_y = 1;
    d.stride_x = 2;
    d.dilation_y = d.dilation_x = 1;
    d.pad_bottom = 0;
    d.pad_left = 1;
    d.groups = 2;
    d.output_type = NZ_TYPE_RAW64;
    d.input = {4096, 24 * 4 + 4 * 6 * 10 * 2};
    d.weights = {8192, 24 * 4 + 100};
    d.output = {16384, 6 * 20 * 8};
    return d;
}

nz_error check(void (*change)(nz_descriptor&)) {
    nz_descriptor d = sound();
    change(d);
    return check_for_gemm(d, kWidths);
}

}  // namespace

TEST_CASE("a plan is the descriptor's product") {
    nz_descriptor d = sound();
    d.nm_n = 3;
    d.nm_m = 16;
    CHECK(check_for_gemm(d, kWidths) == NZ_ERROR_NONE);
    const GemmPlan plan = make_gemm_plan(d, kWidths);
    CHECK(plan.shape == GemmShape{2, 3, 12, 20});
    CHECK(plan.rows_of_A() == 6);
    CHECK(plan.rows_of_B() == 24);
    CHECK(plan.outputs() == 120);
    CHECK(plan.pattern == NmPattern{3, 16});
    CHECK_FALSE(plan.count_only);
    CHECK(plan.raw64);
    CHECK(gemm_head_bytes(plan.shape) == 96);
    CHECK(gemm_output_bytes(plan) == 960);
    CHECK(plan.layer.stride_x == 2);
    CHECK(plan.layer.pad.left == 1);
    CHECK(plan.layer.P() == 4);
    CHECK(plan.layer.Q() == 5);

    d.output_type = 8;
    d.flags = NZ_FLAG_COUNT_ONLY;
    d.nm_n = d.nm_m = 0;
    const GemmPlan counted = make_gemm_plan(d, kWidths);
    CHECK(counted.count_only);
    CHECK_FALSE(counted.raw64);
    CHECK_FALSE(counted.pattern.has_value());
    CHECK(gemm_output_bytes(counted) == 0);
}

TEST_CASE("a matrix product of its own is a plan too") {
    nz_descriptor d{};
    d.opcode = NZ_OP_GEMM;
    d.c = 70;
    d.k = 30;
    d.w = d.q = 11;
    d.h = d.p = d.r = d.s = d.groups = 1;
    d.stride_y = d.stride_x = d.dilation_y = d.dilation_x = 1;
    CHECK(make_gemm_plan(d, kWidths).shape == GemmShape{1, 30, 70, 11});
}

TEST_CASE("what no engine runs") {
    CHECK(check([](nz_descriptor&) {}) == NZ_ERROR_NONE);
    CHECK(check([](nz_descriptor& d) { d.k = 1U << 24; }) == NZ_ERROR_SHAPE);
    CHECK(check([](nz_descriptor& d) { d.h = d.w = 1U << 13; }) == NZ_ERROR_SHAPE);
    CHECK(check([](nz_descriptor& d) { d.p = d.q = 1U << 13; }) == NZ_ERROR_SHAPE);
    CHECK(check([](nz_descriptor& d) { d.c = d.r = d.s = 1U << 24; }) == NZ_ERROR_SHAPE);
    CHECK(check([](nz_descriptor& d) { d.r = d.s = 1U << 12; }) == NZ_ERROR_SHAPE);
    CHECK(check([](nz_descriptor& d) { d.input_type = 10; }) == NZ_ERROR_TYPE);
    CHECK(check([](nz_descriptor& d) { d.weight_type = 10; }) == NZ_ERROR_TYPE);
    CHECK(check([](nz_descriptor& d) { d.weight_type = 9; }) == NZ_ERROR_NONE);
    CHECK(check([](nz_descriptor& d) { d.accumulator_type = 33; }) == NZ_ERROR_TYPE);
    CHECK(check([](nz_descriptor& d) { d.output_type = 17; }) == NZ_ERROR_TYPE);
    CHECK(check([](nz_descriptor& d) { d.input.size -= 1; }) == NZ_ERROR_REGION);
    CHECK(check([](nz_descriptor& d) { d.input.size = 96; }) == NZ_ERROR_REGION);
    CHECK(check([](nz_descriptor& d) { d.weights.size = 95; }) == NZ_ERROR_REGION);
    CHECK(check([](nz_descriptor& d) { d.residual = {4096, 8}; }) == NZ_ERROR_REGION);
    CHECK(check([](nz_descriptor& d) { d.flags = NZ_FLAG_INPUT_RESIDENT; }) == NZ_ERROR_NOT_RESIDENT);
}

TEST_CASE("outputs of 16 bits fit their region") {
    CHECK(check([](nz_descriptor& d) {
              d.output_type = 8;
              d.output.size = 240;
          }) == NZ_ERROR_NONE);
    CHECK(check([](nz_descriptor& d) {
              d.output_type = 8;
              d.output.size = 239;
          }) == NZ_ERROR_OUTPUT_SIZE);
}

TEST_CASE("a counted layer has heads alone or whole operands") {
    CHECK(check([](nz_descriptor& d) {
              d.flags = NZ_FLAG_COUNT_ONLY;
              d.input.size = 96;
          }) == NZ_ERROR_NONE);
    CHECK(check([](nz_descriptor& d) { d.flags = NZ_FLAG_COUNT_ONLY; }) == NZ_ERROR_NONE);
    for (const std::uint64_t size : {95U, 97U, 96U + 479U}) {
        nz_descriptor d = sound();
        d.flags = NZ_FLAG_COUNT_ONLY;
        d.input.size = size;
        CHECK(check_for_gemm(d, kWidths) == NZ_ERROR_REGION);
    }
}

TEST_CASE("operands have the width of their widest") {
    CHECK(operand_width({}) == 1);
    CHECK(test::property_holds("random operands", [] {
        const auto operands = *rc::gen::arbitrary<std::vector<std::int16_t>>();
        const int bits = operand_width(operands);
        int needed = 1;
        for (const int value : operands) {
            while (value < -(1 << (needed - 1)) || value >= 1 << (needed - 1)) {
                ++needed;
            }
        }
        RC_ASSERT(bits == needed);
    }));
}

TEST_CASE("sums that fit 32 bits are told exactly") {
    for (int a = 1; a <= 16; ++a) {
        for (int b = 1; b <= 16; ++b) {
            for (const std::uint64_t products : {1U, 2U, 3U, 127U, 128U, 129U, 1U << 14, (1U << 30) + 1}) {
                const double largest = double(products) * std::pow(2, a + b - 2);
                CHECK(sums_fit_32_bits(a, b, products) == (largest < std::pow(2, 31)));
            }
        }
    }
}
