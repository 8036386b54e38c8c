// The post-processor of the platforms against the reference arithmetic.

#include "models/post/post_processing.h"

#include "tests/common/property.h"

#include <catch2/catch.hpp>

#include "tests/common/in_range.h"
#include "tests/models/common/post_processor_of.h"

using namespace nonzero;

namespace {

// Values near zero, near the borders of every width up to `bits`, and between.
std::int64_t random_integer(int bits) {
    const int border = in_range(0, bits - 1);
    const auto edge = std::int64_t(std::uint64_t{1} << border);
    const std::int64_t value = *rc::gen::weightedOneOf<std::int64_t>({
        {1, rc::gen::inRange<std::int64_t>(-300, 300)},
        {2, rc::gen::inRange<std::int64_t>(edge - 2, edge + 3)},
        {2, rc::gen::arbitrary<std::int64_t>()},
    });
    return wrap_to(in_range(0, 1) == 0 ? value : std::int64_t(-std::uint64_t(value)), bits);
}

PostProcessing random_processing(std::size_t channels) {
    PostProcessing processing;
    processing.accumulator_bits = in_range(8, 63);
    processing.output_bits = in_range(2, 16);
    processing.relu = *rc::gen::arbitrary<bool>();
    const std::int64_t range = std::int64_t{1} << (processing.output_bits - 1);
    if (in_range(0, 1) == 0) {
        processing.output_zero_point =
            *rc::gen::oneOf(rc::gen::inRange<std::int32_t>(std::int32_t(-range), std::int32_t(range)),
                            rc::gen::element(std::int32_t(-range), std::int32_t(range - 1)));
    }
    if (in_range(0, 1) == 0) {
        const std::int64_t one = random_integer(32);
        const std::int64_t other = in_range(0, 1) == 0 ? random_integer(32) : random_integer(processing.output_bits);
        processing.clamp_low = std::int32_t(std::min(one, other));
        processing.clamp_high = std::int32_t(std::max(one, other));
    }
    for (std::size_t k = 0; k < channels; ++k) {
        processing.requantisation.push_back(
            {std::int32_t(random_integer(32)), std::int8_t(in_range(0, 3) == 0 ? in_range(-31, 31) : in_range(-8, 8))});
    }
    if (in_range(0, 2) != 0) {
        for (std::size_t k = 0; k < channels; ++k) {
            processing.bias.push_back(random_integer(in_range(0, 1) == 0 ? 64 : processing.accumulator_bits));
        }
    }
    return processing;
}

// All sums of a channel at once; there are eight.
template <class Sum>
void check_many(const PostProcessor& processor, const std::vector<Sum>& exact, const Wrapped& wrapped,
                const Operands& expected) {
    const std::span<const Sum> sums(exact);
    std::vector<std::int64_t> held(exact.size());
    std::vector<std::int16_t> stored(exact.size());
    RC_ASSERT(processor.accumulators(sums, held.data()) == wrapped.overflows);
    std::uint64_t overflows = 0;
    for (std::size_t first = 0; first < exact.size(); first += 8) {
        overflows += processor.outputs(sums.subspan(first, 8), int(first / 8), stored.data() + first);
    }
    RC_ASSERT(overflows == wrapped.overflows);
    RC_ASSERT(held == wrapped.values.data);
    RC_ASSERT(stored == expected.data);
}

void check_random_outputs() {
    const auto channels = std::size_t(in_range(1, 3));
    const PostProcessing processing = random_processing(channels);
    const PostProcessor processor = post_processor_of(processing);
    Psums exact({channels, 1, 8});
    for (std::int64_t& sum : exact.data) {
        sum = random_integer(in_range(0, 1) == 0 ? 54 : 20);
    }
    const Operands expected = post_process(exact, processing);
    const Wrapped wrapped = wrap_to(exact, processing.accumulator_bits);
    std::uint64_t overflows = 0;
    for (std::size_t n = 0; n < exact.size(); ++n) {
        bool overflow = false;
        const std::int64_t held = processor.accumulator(exact.data[n], overflow);
        overflows += overflow ? 1 : 0;
        RC_ASSERT(held == wrapped.values.data[n]);
        RC_ASSERT(processor.output(held, int(n / 8)) == expected.data[n]);
    }
    RC_ASSERT(overflows == wrapped.overflows);
    check_many(processor, exact.data, wrapped, expected);
    // The same of 32-bit sums, where they are no wider.
    for (std::int64_t& sum : exact.data) {
        sum = std::int32_t(sum);
    }
    check_many(processor, std::vector<std::int32_t>(exact.data.begin(), exact.data.end()),
               wrap_to(exact, processing.accumulator_bits), post_process(exact, processing));
}

}  // namespace

TEST_CASE("the post-processor equals the reference") {
    CHECK(test::property_holds("outputs", [] { check_random_outputs(); }));
}

TEST_CASE("an output that far from its zero point saturates") {
    // 16 bits and a zero point at the border: q - zero point needs 17 bits, a stored operand has 16.
    PostProcessing processing;
    processing.relu = false;
    processing.output_zero_point = INT16_MIN;
    processing.requantisation = {Requantisation{}};
    const PostProcessor processor = post_processor_of(processing);
    Psums exact({1, 1, 1});
    exact.data = {60'000};
    CHECK(post_process(exact, processing).data[0] == INT16_MAX);
    CHECK(processor.output(60'000, 0) == INT16_MAX);
}

TEST_CASE("a bias is added modulo the accumulator") {
    PostProcessing processing;
    processing.relu = false;
    processing.bias = {INT64_MAX};
    processing.requantisation = {Requantisation{}};
    const PostProcessor processor = post_processor_of(processing);
    Psums exact({1, 1, 2});
    exact.data = {0, 7};
    const Operands expected = post_process(exact, processing);
    CHECK(expected.data == std::vector<std::int16_t>{-1, 6});
    CHECK(processor.output(0, 0) == -1);
    CHECK(processor.output(7, 0) == 6);
}
