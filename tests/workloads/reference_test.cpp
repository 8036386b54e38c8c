#include "workloads/reference.h"

#include "tests/common/property.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>

#include "tests/workloads/random_layer.h"
#include "workloads/error.h"

using namespace nonzero;
using Integer = boost::multiprecision::int256_t;

namespace {

// Wide enough for every intermediate result.
Integer floor_divide(const Integer& numerator, const Integer& denominator) {
    const Integer quotient = numerator / denominator;  // towards zero
    return quotient * denominator > numerator ? Integer(quotient - 1) : quotient;
}

// The rational number n / d to the nearest integer, halves up: floor(n / d + 1 / 2).
Integer rounded(const Integer& numerator, const Integer& denominator) {
    return floor_divide(2 * numerator + denominator, 2 * denominator);
}

// acc * multiplier / 2^(31 + shift), rounded; an exact integer where nothing is shifted.
Integer rescaled(const Integer& accumulator, const Requantisation& scale) {
    return rounded(accumulator * scale.multiplier, Integer(1) << (31 + scale.shift));
}

std::int64_t clamped(const Integer& value, const Integer& low, const Integer& high) {
    return static_cast<std::int64_t>(std::max(low, std::min(high, value)));
}

// The number that is congruent to value modulo 2^bits and lies in -2^(bits-1) .. 2^(bits-1) - 1.
Integer wrapped(const Integer& value, int bits) {
    const Integer modulus = Integer(1) << bits;
    Integer rest = value % modulus;
    if (rest < 0) {
        rest += modulus;
    }
    return rest >= modulus / 2 ? Integer(rest - modulus) : rest;
}

Requantisation random_scale() {
    Requantisation scale;
    scale.multiplier =
        *rc::gen::weightedOneOf<std::int32_t>({{4, rc::gen::arbitrary<std::int32_t>()},
                                               {4, rc::gen::inRange<std::int32_t>(1 << 30, INT32_MAX)},
                                               {1, rc::gen::element<std::int32_t>(INT32_MIN, INT32_MAX, 0, 1 << 30)}});
    scale.shift = static_cast<std::int8_t>(in_range(-31, 31));
    return scale;
}

// Of any magnitude, ends included.
std::int64_t random_sum() {
    const auto bits = *rc::gen::inRange(0, 64);
    const auto any =
        *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(), rc::gen::inRange<std::int64_t>(INT64_MIN, INT64_MAX),
                        rc::gen::element<std::int64_t>(INT64_MIN, INT64_MAX, 0, -1));
    return any >> bits;
}

Psums random_sums(std::vector<std::size_t> shape) {
    Psums sums(std::move(shape));
    std::ranges::generate(sums.data, random_sum);
    return sums;
}

Layer convolution(int channels, int size, int filters, int kernel) {
    Layer layer;
    layer.name = "example";
    layer.C = channels;
    layer.H = layer.W = size;
    layer.K = filters;
    layer.KH = layer.KW = kernel;
    return layer;
}

Operands operands(std::vector<std::size_t> shape, std::vector<std::int16_t> values) {
    Operands tensor(std::move(shape));
    REQUIRE(tensor.size() == values.size());
    tensor.data = std::move(values);
    return tensor;
}

PostProcessing processing_of(std::size_t channels) {
    PostProcessing processing;
    processing.requantisation.resize(channels);
    return processing;
}

Psums one_channel(std::vector<std::int64_t> values) {
    Psums sums({1, 1, values.size()});
    sums.data = std::move(values);
    return sums;
}

// Output i by the definition.
std::int64_t defined_output(const Psums& sums, std::size_t i, const PostProcessing& processing) {
    const std::size_t k = i / (sums.size() / sums.shape[0]);
    Integer held = wrapped(sums.data[i], processing.accumulator_bits);
    if (!processing.bias.empty()) {
        held = wrapped(held + processing.bias[k], processing.accumulator_bits);
    }
    Integer q = rescaled(held, processing.requantisation[k]);
    if (processing.residual) {
        q += rescaled(processing.residual->values.data[i], processing.residual->rescale);
    }
    q += processing.output_zero_point;
    const Integer limit = Integer(1) << (processing.output_bits - 1);
    q = std::min({q, Integer(limit - 1), Integer(processing.clamp_high)});
    q = std::max({q, Integer(-limit), Integer(processing.clamp_low)});
    if (processing.relu) {
        q = std::max(q, Integer(processing.output_zero_point));
    }
    return clamped(q - processing.output_zero_point, INT16_MIN, INT16_MAX);
}

}  // namespace

TEST_CASE("a convolution by hand") {
    const auto input = operands({1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    const auto weights = operands({1, 1, 2, 2}, {1, 0, 0, -1});
    Layer layer = convolution(1, 3, 1, 2);
    CHECK(convolve(layer, input, weights).data == std::vector<std::int64_t>{-4, -4, -4, -4});

    layer.pad = {1, 0, 0, 1};  // one row above, one column right
    const Psums padded = convolve(layer, input, weights);
    CHECK(padded.shape == std::vector<std::size_t>{1, 3, 3});
    CHECK(padded.data == std::vector<std::int64_t>{-2, -3, 0, -4, -4, 3, -4, -4, 6});

    layer.pad = {};
    layer.dilation_y = layer.dilation_x = 2;
    CHECK(convolve(layer, input, weights).data == std::vector<std::int64_t>{-8});
}

TEST_CASE("sums beyond 32 bits stay exact") {
    const Layer layer = convolution(5, 1, 1, 1);
    const Operands lowest({5, 1, 1}, INT16_MIN);
    CHECK(convolve(layer, lowest, Operands({1, 5, 1, 1}, INT16_MIN)).data.front() == 5LL << 30);
    CHECK(convolve(layer, lowest, Operands({1, 5, 1, 1}, INT16_MAX)).data.front() == -5LL * 32768 * 32767);
}

TEST_CASE("convolve equals the seven loops on any layer") {
    CHECK(test::property_holds("stride, dilation, padding, groups", [] {
        const Layer layer = random_batch();
        const Operands input = random_operands(layer.input_shape());
        const Operands weights = random_operands(layer.weight_shape());
        Psums expected(layer.output_shape());
        for_each_product(layer, input, weights,
                         [&expected](std::size_t k, std::size_t p, std::size_t q, std::int64_t w, std::int64_t x) {
                             expected.at(k, p, q) += w * x;
                         });
        RC_ASSERT(convolve(layer, input, weights) == expected);
    }));
}

TEST_CASE("a fully connected layer also reads the plane that flattens to it") {
    Layer layer = convolution(4, 1, 2, 1);
    layer.kind = LayerKind::fully_connected;
    const auto weights = operands({2, 4, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
    const auto sums = std::vector<std::int64_t>{30, 70};
    CHECK(convolve(layer, operands({4, 1, 1}, {1, 2, 3, 4}), weights).data == sums);
    CHECK(convolve(layer, operands({1, 2, 2}, {1, 2, 3, 4}), weights).data == sums);
    CHECK_THROWS_AS(convolve(layer, Operands({5, 1, 1}), weights), InputError);
}

TEST_CASE("tensors of another shape are refused with the layer's name") {
    const Layer layer = convolution(2, 3, 1, 2);
    const Operands input({2, 3, 3});
    const Operands weights({1, 2, 2, 2});
    CHECK_NOTHROW(convolve(layer, input, weights));
    CHECK_THROWS_WITH(convolve(layer, Operands({3, 3, 2}), weights),
                      "layer 'example': the activations have shape 3x3x2, the layer needs 2x3x3");
    CHECK_THROWS_WITH(convolve(layer, input, Operands({2, 1, 2, 2})),
                      "layer 'example': the weights have shape 2x1x2x2, the layer needs 1x2x2x2");
}

TEST_CASE("wrapping keeps the low bits with their sign") {
    CHECK(wrap_to(0x7fffff, 24) == 0x7fffff);
    CHECK(wrap_to(0x800000, 24) == -0x800000);
    CHECK(wrap_to(-0x800001, 24) == 0x7fffff);
    CHECK(wrap_to(INT64_MIN, 64) == INT64_MIN);
    CHECK(test::property_holds("modulo 2^bits", [] {
        const std::int64_t value = random_sum();
        const int bits = in_range(2, 64);
        RC_ASSERT(Integer(wrap_to(value, bits)) == wrapped(value, bits));
    }));
    CHECK(test::property_holds("an overflow is an output out of range", [] {
        const Psums sums = random_sums({2, 3, 4});
        const int bits = in_range(2, 64);
        const Wrapped held = wrap_to(sums, bits);
        const Integer limit = Integer(1) << (bits - 1);
        std::uint64_t overflows = 0;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            overflows += sums.data[i] < -limit || sums.data[i] >= limit;
            RC_ASSERT(Integer(held.values.data[i]) == wrapped(sums.data[i], bits));
        }
        RC_ASSERT(held.overflows == overflows);
        RC_ASSERT(nonzero::overflows(sums, bits) == overflows);
        RC_ASSERT(held.values.shape == sums.shape);
    }));
}

TEST_CASE("requantisation rounds half up") {
    const Requantisation identity;
    CHECK(requantise(12345, identity) == 12345);
    CHECK(requantise(-12345, identity) == -12345);
    const Requantisation half{1 << 30, 0};
    CHECK(requantise(3, half) == 2);
    CHECK(requantise(-3, half) == -1);
    CHECK(requantise(5, {1, -31}) == 5);
    CHECK(requantise(INT64_MAX, {INT32_MAX, -31}) == INT64_MAX);
    CHECK(requantise(INT64_MIN, {INT32_MAX, -31}) == INT64_MIN);
    CHECK(requantise(INT64_MAX, {INT32_MAX, 31}) == 4294967294);
    CHECK(test::property_holds("against exact arithmetic", [] {
        const std::int64_t sum = random_sum();
        const Requantisation scale = random_scale();
        RC_ASSERT(requantise(sum, scale) == clamped(rescaled(sum, scale), INT64_MIN, INT64_MAX));
    }));
}

TEST_CASE("saturation happens once, at the output") {
    auto processing = processing_of(1);
    const auto stored = [&processing](std::vector<std::int64_t> sums) {
        return post_process(one_channel(std::move(sums)), processing).data;
    };
    using Stored = std::vector<std::int16_t>;
    CHECK(stored({40000, 5, -5}) == Stored{32767, 5, 0});
    processing.relu = false;
    CHECK(stored({40000, -5, -40000}) == Stored{32767, -5, -32768});
    // The accumulator wraps: with the bias, and not at the sum before it.
    processing.bias = {-1};
    CHECK(stored({1 << 23, (1 << 24) + 3, -(1 << 23)}) == Stored{32767, 2, 32767});

    SECTION("8-bit output with zero point and clamp") {
        processing = processing_of(1);
        processing.output_bits = 8;
        processing.output_zero_point = -128;
        CHECK(stored({-3, 0, 7, 255, 256}) == Stored{0, 0, 7, 255, 255});
        processing.clamp_high = -128 + 6;
        CHECK(stored({-3, 0, 7, 255}) == Stored{0, 0, 6, 6});
    }
    SECTION("a residual input is rescaled on its own and added before the zero point") {
        processing = processing_of(1);
        processing.output_zero_point = 10;
        processing.residual = Residual{operands({1, 1, 3}, {3, -4, 100}), {1 << 30, 0}};
        CHECK(stored({1, 1, -200}) == Stored{3, 0, 0});
    }
}

TEST_CASE("post-processing equals its definition") {
    CHECK(test::property_holds("wrap, bias, wrap, rescale, residual, saturate, ReLU, clamp", [] {
        const std::size_t channels = *rc::gen::inRange<std::size_t>(1, 4);
        const Psums sums = random_sums({channels, 2, 3});
        auto processing = processing_of(channels);
        std::ranges::generate(processing.requantisation, random_scale);
        if (*rc::gen::arbitrary<bool>()) {
            processing.bias.resize(channels);
            std::ranges::generate(processing.bias, random_sum);
        }
        processing.accumulator_bits = in_range(2, 64);
        processing.output_bits = in_range(2, 16);
        processing.relu = *rc::gen::arbitrary<bool>();
        processing.output_zero_point = in_range(-300, 300);
        if (*rc::gen::arbitrary<bool>()) {
            processing.clamp_low = in_range(-200, 0);
            processing.clamp_high = in_range(0, 200);
        }
        if (*rc::gen::arbitrary<bool>()) {
            processing.residual = Residual{random_operands(sums.shape), random_scale()};
        }

        const Operands output = post_process(sums, processing);
        RC_ASSERT(output.shape == sums.shape);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            RC_ASSERT(output.data[i] == defined_output(sums, i, processing));
        }
    }));
}

TEST_CASE("post-processing is exact at both sides of what 64 bits prove") {
    const Psums sums = one_channel({INT64_MIN, INT64_MAX, -(1LL << 32), (1LL << 32) - 1, -(1LL << 31), (1LL << 31) - 1,
                                    1LL << 31, -1, 0, 1, 12345678901});
    auto processing = processing_of(1);
    processing.relu = false;
    for (const bool residual : {false, true}) {
        if (residual) {
            processing.residual = Residual{Operands(sums.shape, INT16_MIN), {INT32_MIN, -31}};
        }
        for (const int bits : {31, 32, 33, 64}) {
            processing.accumulator_bits = bits;
            for (const std::int32_t multiplier : {INT32_MIN, INT32_MAX, 1 << 30, 1, -1}) {
                for (const int shift : {-31, -30, -1, 0, 30, 31}) {
                    processing.requantisation[0] = {multiplier, std::int8_t(shift)};
                    INFO(bits << " bits, multiplier " << multiplier << ", shift " << shift);
                    const Operands output = post_process(sums, processing);
                    for (std::size_t i = 0; i < sums.size(); ++i) {
                        CHECK(output.data[i] == defined_output(sums, i, processing));
                    }
                }
            }
        }
    }
}

TEST_CASE("post-processing that does not fit the output is refused") {
    const Psums sums({2, 1, 1});
    CHECK_NOTHROW(post_process(sums, processing_of(2)));
    const auto check_refused = [&sums](const auto& change) {
        PostProcessing processing = processing_of(2);
        change(processing);
        CHECK_THROWS_AS(post_process(sums, processing), InputError);
    };
    check_refused([](PostProcessing& p) { p.bias = {1}; });
    check_refused([](PostProcessing& p) { p.requantisation.pop_back(); });
    check_refused([](PostProcessing& p) { p.requantisation[1].shift = 32; });
    check_refused([](PostProcessing& p) { p.residual = Residual{Operands({3}), {}}; });
    check_refused([](PostProcessing& p) { p.residual = Residual{Operands({2, 1, 1}), {1, -32}}; });
    check_refused([](PostProcessing& p) { p.output_bits = 17; });
    check_refused([](PostProcessing& p) { p.accumulator_bits = 65; });
}

TEST_CASE("pooling sees the elements inside the plane") {
    const auto input = operands({1, 3, 3}, {-1, -2, -3, -4, -5, -6, -7, -8, -10});
    using Stored = std::vector<std::int16_t>;
    CHECK(pool(input, PoolKind::max, 2, 2, 2, 2, {}, 2, 2).data == Stored{-1, -3, -7, -10});
    CHECK(pool(input, PoolKind::average, 2, 2, 2, 2, {}, 2, 2).data == Stored{-3, -4, -7, -10});  // -4.5 and -7.5
    CHECK(pool(input, PoolKind::max, 2, 2, 2, 2, {1, 1, 0, 0}, 2, 2).data == Stored{-1, -2, -4, -5});
    CHECK(pool(input, PoolKind::average, 3, 3, 1, 1, {0, 0, 0, 0}, 1, 1).data == Stored{-5});
    // A window outside of the plane, as a ceil-mode output can have.
    CHECK(pool(input, PoolKind::max, 1, 1, 3, 3, {}, 2, 1).data == Stored{-1, 0});

    CHECK(test::property_holds("against the definition", [] {
        const Operands plane = random_operands({2, *rc::gen::inRange<std::size_t>(1, 6), 4});
        const int rows = int(plane.shape[1]);
        const int size_y = in_range(1, 3), size_x = in_range(1, 3);
        const int stride_y = in_range(1, 3), stride_x = in_range(1, 3);
        const Padding pad{in_range(0, 2), in_range(0, 2), 0, 0};
        for (const PoolKind kind : {PoolKind::max, PoolKind::average}) {
            const Operands pooled = pool(plane, kind, size_y, size_x, stride_y, stride_x, pad, 3, 2);
            RC_ASSERT(pooled.shape == (std::vector<std::size_t>{2, 3, 2}));
            for (std::size_t i = 0; i < pooled.size(); ++i) {
                const int p = int(i) / 2 % 3, q = int(i) % 2;
                std::vector<int> window;
                for (int y = p * stride_y - pad.top; y < p * stride_y - pad.top + size_y; ++y) {
                    for (int x = q * stride_x - pad.left; x < q * stride_x - pad.left + size_x; ++x) {
                        if (y >= 0 && y < rows && x >= 0 && x < 4) {
                            window.push_back(plane.at(i / 6, std::size_t(y), std::size_t(x)));
                        }
                    }
                }
                Integer expected = 0;
                if (!window.empty() && kind == PoolKind::max) {
                    expected = *std::ranges::max_element(window);
                } else if (!window.empty()) {
                    Integer sum = 0;
                    for (const int value : window) {
                        sum += value;
                    }
                    expected = rounded(sum, int(window.size()));
                }
                RC_ASSERT(expected == pooled.data[i]);
            }
        }
    }));
}
