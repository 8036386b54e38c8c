#include <catch2/catch.hpp>
#include "tests/common/property.h"

#include <algorithm>

#include "study/layer_data.h"

using namespace nonzero;

// The oracle shifts by division: half up, as the requantisation is defined.
TEST_CASE("the chosen shift is the smallest that makes the outputs fit, and is pure") {
    CHECK(test::property_holds("shift_to_fit", [] {
        const int accumulator_bits = *rc::gen::inRange(8, 63);
        const int bits = *rc::gen::inRange(2, 9);
        const int largest_shift = *rc::gen::inRange(0, accumulator_bits - 1);
        Psums sums({2, 1, 4});
        for (auto& sum : sums.data) {
            const std::int64_t half = std::int64_t{1} << (accumulator_bits - 1 - largest_shift);
            sum = *rc::gen::inRange<std::int64_t>(-half, half);
        }
        const bool biased = *rc::gen::arbitrary<bool>();
        const std::vector<std::int64_t> bias =
            biased ? std::vector<std::int64_t>{*rc::gen::inRange<std::int64_t>(-1000, 1000), 3}
                   : std::vector<std::int64_t>();
        const PostProcessing processing = shift_to_fit(sums, bias, accumulator_bits, bits);
        const int shift = shifted_bits(processing);
        const auto shifted = [&](std::int64_t value, int by) {
            return by <= 0 ? value : std::int64_t((__int128{value} + (__int128{1} << (by - 1))) >> by);
        };
        const Operands output = post_process(sums, processing);
        std::int64_t largest = 0;
        for (std::size_t n = 0; n < sums.size(); ++n) {
            const std::int64_t biased_sum = wrap_to(sums.data[n] + (biased ? bias[n / 4] : 0), accumulator_bits);
            largest = std::max(largest, biased_sum);
            RC_ASSERT(output.data[n] == shifted(std::max<std::int64_t>(biased_sum, 0), shift));
        }
        const std::int64_t limit = (std::int64_t{1} << (bits - 1)) - 1;
        RC_ASSERT(shift >= 0);
        RC_ASSERT(shifted(largest, shift) <= limit);
        RC_ASSERT(shift == 0 || shifted(largest, shift - 1) > limit);
    }));
}

TEST_CASE("a bias at the end of its range wraps instead of overflowing") {
    Psums sums({1, 1, 1}, 100);
    const PostProcessing processing = shift_to_fit(sums, {INT64_MAX}, 24, 8);
    // 100 + 2^63 - 1 = 99 modulo 2^24
    CHECK(shifted_bits(processing) == 0);
    CHECK(post_process(sums, processing).data.front() == 99);
}
