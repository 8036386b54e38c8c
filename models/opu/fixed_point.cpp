#include "models/opu/fixed_point.h"

#include <algorithm>

namespace nonzero::opu {

namespace {

constexpr int fraction_bits = 10;  // of a stored sum within the accumulator
constexpr int accumulator_bits = 26;

std::int64_t saturate(std::int64_t value, int bits) {
    const std::int64_t limit = std::int64_t{1} << (bits - 1);
    return std::clamp(value, -limit, limit - 1);
}

}  // namespace

std::int32_t accumulate(std::int64_t products, std::int32_t stored, int shift) {
    std::int64_t sum = saturate(products * (std::int64_t{1} << shift), accumulator_bits);
    sum = saturate(sum + std::int64_t(stored) * (std::int64_t{1} << fraction_bits), accumulator_bits);
    return std::int32_t(saturate(sum >> fraction_bits, 16));
}

std::int32_t stored_bias(std::int32_t bias, int shift) {
    const int drop = fraction_bits - shift;
    const std::int64_t half = drop == 0 ? 0 : std::int64_t{1} << (drop - 1);
    return std::int32_t(saturate((std::int64_t(bias) + half) >> drop, 16));
}

std::int32_t output_of(std::int32_t partial_sum, bool leaky_relu) {
    const auto value = std::int32_t(saturate((std::int64_t(partial_sum) + 128) >> 8, 8));
    return leaky_relu && value < 0 ? (value + 4) >> 3 : value;
}

int largest_shift(std::int64_t greatest) {
    int shift = fraction_bits;
    while (shift > 0 && (std::int64_t{1} << (accumulator_bits - 1 - shift)) <= greatest) {
        --shift;
    }
    return shift;
}

}  // namespace nonzero::opu
