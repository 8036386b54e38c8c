#include "models/post/post_processing.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

__extension__ using Wide = __int128;

std::int64_t wrap(std::int64_t value, int bits) {
    const int unused = 64 - bits;
    return std::int64_t(std::uint64_t(value) << unused) >> unused;
}

// One channel of accumulators of up to 32 bits: a product with a multiplier, and half a unit of what is shifted out,
// stay inside 64 bits.
struct NarrowChannel {
    int unused = 0;  // bits of the 32 above the accumulator's
    std::uint32_t bias = 0;
    std::int32_t multiplier = 1;
    int shift = 0;
    std::int64_t half = 0;
    std::int64_t low = 0;  // of what is stored
    std::int64_t high = 0;
};
constexpr int kNarrowBits = 32;

template <class Sum>
[[gnu::always_inline]] inline std::uint64_t finish(const Sum* exact, std::size_t count, const NarrowChannel& channel,
                                                   std::int16_t* to) {
    const NarrowChannel c = channel;
    std::uint64_t overflows = 0;
    for (std::size_t n = 0; n < count; ++n) {
        const auto held = std::int32_t(std::uint32_t(exact[n]) << c.unused) >> c.unused;
        overflows += held != exact[n] ? 1 : 0;
        const auto biased = std::int32_t((std::uint32_t(held) + c.bias) << c.unused) >> c.unused;
        const std::int64_t scaled = (std::int64_t{biased} * c.multiplier + c.half) >> c.shift;
        to[n] = std::int16_t(std::max(std::min(scaled, c.high), c.low));
    }
    return overflows;
}

NONZERO_VECTOR_CLONES std::uint64_t finish_channel(const std::int64_t* exact, std::size_t count,
                                                   const NarrowChannel& channel, std::int16_t* to) {
    return finish(exact, count, channel, to);
}
NONZERO_VECTOR_CLONES std::uint64_t finish_channel(const std::int32_t* exact, std::size_t count,
                                                   const NarrowChannel& channel, std::int16_t* to) {
    return finish(exact, count, channel, to);
}

template <class Sum>
[[gnu::always_inline]] inline std::uint64_t hold(const Sum* exact, std::size_t count, int bits, std::int64_t* to) {
    std::uint64_t overflows = 0;
    for (std::size_t n = 0; n < count; ++n) {
        const std::int64_t sum = exact[n];  // `to` may be where they are
        to[n] = wrap(sum, bits);
        overflows += to[n] != sum ? 1 : 0;
    }
    return overflows;
}

NONZERO_VECTOR_CLONES std::uint64_t hold_all(const std::int64_t* exact, std::size_t count, int bits, std::int64_t* to) {
    return hold(exact, count, bits, to);
}
NONZERO_VECTOR_CLONES std::uint64_t hold_all(const std::int32_t* exact, std::size_t count, int bits, std::int64_t* to) {
    return hold(exact, count, bits, to);
}

}  // namespace

std::uint64_t PostProcessor::accumulators(std::span<const std::int64_t> exact, std::int64_t* to) const {
    return hold_all(exact.data(), exact.size(), accumulator_bits, to);
}

std::uint64_t PostProcessor::accumulators(std::span<const std::int32_t> exact, std::int64_t* to) const {
    return hold_all(exact.data(), exact.size(), accumulator_bits, to);
}

std::uint64_t PostProcessor::outputs(std::span<const std::int64_t> exact, int k, std::int16_t* to) const {
    return all_outputs(exact, k, to);
}

std::uint64_t PostProcessor::outputs(std::span<const std::int32_t> exact, int k, std::int16_t* to) const {
    return all_outputs(exact, k, to);
}

template <class Sum>
std::uint64_t PostProcessor::all_outputs(std::span<const Sum> exact, int k, std::int16_t* to) const {
    if (accumulator_bits > kNarrowBits) {
        std::uint64_t overflows = 0;
        for (std::size_t n = 0; n < exact.size(); ++n) {
            bool overflow = false;
            to[n] = output(accumulator(exact[n], overflow), k);
            overflows += overflow ? 1 : 0;
        }
        return overflows;
    }
    NarrowChannel channel;
    channel.unused = kNarrowBits - accumulator_bits;
    if (!bias.empty()) {
        channel.bias = std::uint32_t(bias[std::size_t(k)]);
    }
    if (!requant.empty()) {
        const nz_requant& scale = requant[std::size_t(k)];
        channel.multiplier = scale.multiplier;
        channel.shift = 31 + scale.shift;
        channel.half = channel.shift > 0 ? std::int64_t{1} << (channel.shift - 1) : 0;
    }
    // As output(): the lower bound wins, and what is stored has 16 bits.
    const std::int64_t range = std::int64_t{1} << (output_bits - 1);
    const std::int64_t low = std::max<std::int64_t>({-range, clamp_low, relu ? output_zero_point : -range});
    const std::int64_t high = std::max(low, std::min<std::int64_t>(range - 1, clamp_high));
    const auto stored = [this](std::int64_t bound) {
        return std::clamp<std::int64_t>(bound - output_zero_point, INT16_MIN, INT16_MAX);
    };
    channel.low = stored(low);
    channel.high = stored(high);
    return finish_channel(exact.data(), exact.size(), channel, to);
}

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
