// The add against an oracle of its own: exact numbers of any width, and the nearest integer found by comparison.

#include "models/post/residual_adder.h"

#include "tests/common/property.h"

#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>
#include <vector>

#include "models/post/rounded_mean.h"
#include "workloads/reference.h"

using namespace nonzero;
using boost::multiprecision::cpp_int;

namespace {

// What an entry means is a multiple of 2^-62, the smallest step of any shift.
const cpp_int unit = cpp_int(1) << 62;

cpp_int in_units(const nz_requant& scale) {
    return cpp_int(scale.multiplier) << (31 - scale.shift);
}

// The largest integer that is not above so many units: found by halving a range, without division.
cpp_int floor_of(const cpp_int& units) {
    cpp_int low = -(cpp_int(1) << 48);
    cpp_int high = cpp_int(1) << 48;
    while (high - low > 1) {
        const cpp_int middle = (low + high) / 2;
        (middle * unit <= units ? low : high) = middle;
    }
    return low;
}

std::int16_t oracle(const ResidualAdder& adder, std::int16_t a, std::int16_t b) {
    const cpp_int exact = in_units(adder.first) * int(a) + in_units(adder.second) * int(b);
    cpp_int quantised = floor_of(exact + unit / 2) + adder.output_zero_point;
    if (quantised > adder.clamp_high) {
        quantised = adder.clamp_high;
    }
    if (quantised < adder.clamp_low) {
        quantised = adder.clamp_low;
    }
    if (adder.relu && quantised < adder.output_zero_point) {
        quantised = adder.output_zero_point;
    }
    quantised -= adder.output_zero_point;
    if (quantised > INT16_MAX) {
        return INT16_MAX;
    }
    return quantised < INT16_MIN ? std::int16_t(INT16_MIN) : std::int16_t(int(quantised));
}

nz_requant entry(const Requantisation& scale) {
    return {scale.multiplier, scale.shift, {}};
}

rc::Gen<nz_requant> any_scale() {
    return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int32_t>(1 << 30, INT32_MAX), rc::gen::inRange(-31, 32)),
                        [](const auto& pair) {
                            return nz_requant{pair.first, std::int8_t(pair.second), {}};
                        });
}

ResidualAdder any_adder() {
    ResidualAdder adder;
    adder.first = *any_scale();
    adder.second = *any_scale();
    adder.relu = *rc::gen::arbitrary<bool>();
    adder.output_zero_point = *rc::gen::inRange(-128, 256);
    adder.clamp_low = *rc::gen::element(INT32_MIN, -128, 0);
    adder.clamp_high = *rc::gen::element(INT32_MAX, 127, 255);
    return adder;
}

}  // namespace

TEST_CASE("a sum is rounded once") {
    ResidualAdder adder;
    adder.first = adder.second = entry(requantisation_of(0.25));
    // 0.25 + 0.25: two rounded terms of 0 would give 0, two of 1/2 rounded up 2.
    CHECK(adder.output(1, 1) == 1);
    CHECK(adder.output(2, 2) == 1);
    CHECK(adder.output(-1, -1) == 0);
    CHECK(adder.output(-1, -2) == -1);
    CHECK(adder.output(-3, -3) == -1);
}

TEST_CASE("the add equals exact arithmetic over all 8-bit terms of real scales") {
    ResidualAdder adder;
    adder.first = entry(requantisation_of(0.10419496148824692 / 0.050945673137903214));
    adder.second = entry(requantisation_of(0.039393551647663116 / 0.050945673137903214));
    adder.output_zero_point = -128;
    adder.clamp_low = -128;
    adder.clamp_high = 127;
    adder.relu = true;
    int differing = 0;
    for (int a = -132; a <= 123; a += 3) {
        for (int b = 0; b <= 255; b += 3) {
            differing +=
                adder.output(std::int16_t(a), std::int16_t(b)) != oracle(adder, std::int16_t(a), std::int16_t(b));
        }
    }
    CHECK(differing == 0);
}

TEST_CASE("the add equals exact arithmetic for any terms, scales and clamps") {
    CHECK(test::property_holds("exact", [] {
        const ResidualAdder adder = any_adder();
        const auto a = *rc::gen::arbitrary<std::int16_t>();
        const auto b = *rc::gen::arbitrary<std::int16_t>();
        RC_ASSERT(adder.output(a, b) == oracle(adder, a, b));
    }));
}

TEST_CASE("terms may be swapped, a larger term never makes the sum smaller, and the reference agrees") {
    CHECK(test::property_holds("symmetric and monotonic", [] {
        const ResidualAdder adder = any_adder();
        ResidualAdder swapped = adder;
        std::swap(swapped.first, swapped.second);
        Operands a({8, 1, 1});
        Operands b({8, 1, 1});
        a.data = *rc::gen::container<std::vector<std::int16_t>>(8, rc::gen::arbitrary<std::int16_t>());
        b.data = *rc::gen::container<std::vector<std::int16_t>>(8, rc::gen::arbitrary<std::int16_t>());
        Operands sum({8, 1, 1});
        adder.add(a.data, b.data, sum.data);
        RC_ASSERT(sum == add(a, b,
                             {{adder.first.multiplier, adder.first.shift},
                              {adder.second.multiplier, adder.second.shift},
                              adder.relu,
                              adder.output_zero_point,
                              adder.clamp_low,
                              adder.clamp_high}));
        for (std::size_t n = 0; n < 8; ++n) {
            RC_ASSERT(swapped.output(b.data[n], a.data[n]) == sum.data[n]);
            if (a.data[n] < INT16_MAX) {
                RC_ASSERT(adder.output(std::int16_t(a.data[n] + 1), b.data[n]) >= sum.data[n]);
            }
        }
    }));
}

TEST_CASE("a mean is rounded half up") {
    CHECK(rounded_mean(5, 2) == 3);
    CHECK(rounded_mean(-5, 2) == -2);
    CHECK(rounded_mean(-7, 4) == -2);
    CHECK(rounded_mean(-6, 4) == -1);
    CHECK(rounded_mean(0, 64) == 0);
    CHECK(test::property_holds("mean", [] {
        const auto sum = *rc::gen::arbitrary<std::int32_t>();
        const auto count = *rc::gen::inRange<std::int64_t>(1, 20000);
        const std::int64_t mean = rounded_mean(sum, count);
        // The only integer of (value - 1/2, value + 1/2].
        RC_ASSERT(2 * mean * count <= 2 * std::int64_t{sum} + count);
        RC_ASSERT(2 * mean * count > 2 * std::int64_t{sum} - count);
    }));
}
