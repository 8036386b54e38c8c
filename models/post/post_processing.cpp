#include "models/post/post_processing.h"

#include <algorithm>

namespace nonzero {

namespace {

__extension__ using Wide = __int128;

std::int64_t wrap(std::int64_t value, int bits) {
    const int unused = 64 - bits;
    return std::int64_t(std::uint64_t(value) << unused) >> unused;
}

}  // namespace

std::int64_t PostProcessor::accumulator(std::int64_t exact, bool& overflow) const {
    const std::int64_t held = wrap(exact, accumulator_bits);
    overflow = held != exact;
    return held;
}

std::int16_t PostProcessor::output(std::int64_t accumulator, int k) const {
    const auto channel = std::size_t(k);
    if (!bias.empty()) {
        accumulator = wrap(std::int64_t(std::uint64_t(accumulator) + std::uint64_t(bias[channel])), accumulator_bits);
    }
    Wide value = accumulator;
    if (!requant.empty()) {
        const int shift = 31 + requant[channel].shift;
        value *= requant[channel].multiplier;
        if (shift > 0) {
            value = (value + (Wide(1) << (shift - 1))) >> shift;
        }
    }
    value += output_zero_point;
    const Wide range = Wide(1) << (output_bits - 1);
    Wide low = std::max<Wide>(-range, clamp_low);
    const Wide high = std::min<Wide>(range - 1, clamp_high);
    if (relu) {
        low = std::max<Wide>(low, output_zero_point);
    }
    value = std::max(std::min(value, high), low);
    const Wide stored = value - output_zero_point;
    return std::int16_t(std::max<Wide>(INT16_MIN, std::min<Wide>(stored, INT16_MAX)));
}

}  // namespace nonzero
