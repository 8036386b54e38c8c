#include "workloads/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "workloads/error.h"
#include "workloads/vector_clones.h"

namespace nonzero {

namespace {

// Exact products of a 64-bit accumulator and a 32-bit multiplier: below 2^94.
__extension__ using Exact = __int128;

// The lower bound wins where the bounds exclude each other.
template <class Number>
std::int64_t clamp_to(Number value, std::int64_t low, std::int64_t high) {
    return static_cast<std::int64_t>(std::max<Number>(low, std::min<Number>(high, value)));
}

template <class Number>
Number rescale(std::int64_t accumulator, const Requantisation& scale) {
    const Number product = Number{accumulator} * scale.multiplier;
    const int shift = 31 + scale.shift;
    return shift == 0 ? product : (product + (Number{1} << (shift - 1))) >> shift;
}

NONZERO_VECTOR_CLONES std::uint64_t count_outside(const std::int64_t* values, std::size_t count, std::int64_t limit) {
    std::uint64_t outside = 0;
    for (std::size_t n = 0; n < count; ++n) {
        outside += values[n] > limit || values[n] < -limit - 1 ? 1U : 0U;
    }
    return outside;
}

// What post_process() does with one output channel.
struct ChannelProcessing {
    std::int64_t bias = 0;
    int accumulator_bits = 24;
    Requantisation scale;
    Requantisation residual_scale;
    std::int64_t zero_point = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
};

// residuals: null for none.
template <class Number>
[[gnu::always_inline]] inline void process_channel(const ChannelProcessing& how, const std::int64_t* exact,
                                                   const std::int16_t* residuals, std::size_t count,
                                                   std::int16_t* outputs) {
    for (std::size_t i = 0; i < count; ++i) {
        // Wrapping before and after the bias equals one addition modulo 2^64 and one wrap.
        const auto sum =
            static_cast<std::int64_t>(static_cast<std::uint64_t>(exact[i]) + static_cast<std::uint64_t>(how.bias));
        Number scaled = rescale<Number>(wrap_to(sum, how.accumulator_bits), how.scale);
        if (residuals != nullptr) {
            scaled += rescale<Number>(residuals[i], how.residual_scale);
        }
        const std::int64_t quantised = clamp_to<Number>(scaled + how.zero_point, how.low, how.high);
        outputs[i] =
            static_cast<std::int16_t>(clamp_to<std::int64_t>(quantised - how.zero_point, INT16_MIN, INT16_MAX));
    }
}

// An accumulator of 32 bits times a multiplier stays below 2^62, half of the last place that is kept below 2^61, and
// the rest far below: 64 bits hold it.
constexpr int kNarrowAccumulator = 32;

NONZERO_VECTOR_CLONES void process_narrow(const ChannelProcessing& how, const std::int64_t* exact,
                                          const std::int16_t* residuals, std::size_t count, std::int16_t* outputs) {
    process_channel<std::int64_t>(how, exact, residuals, count, outputs);
}

std::int64_t floor_divide(std::int64_t numerator, std::int64_t denominator) {
    return numerator / denominator - (numerator % denominator < 0);
}

void check_processing(const Psums& exact, const PostProcessing& processing) {
    const std::size_t channels = exact.shape.empty() ? 0 : exact.shape[0];
    if (!processing.bias.empty() && processing.bias.size() != channels) {
        throw InputError(fmt::format("{} biases for {} output channels", processing.bias.size(), channels));
    }
    if (processing.requantisation.size() != channels) {
        throw InputError(fmt::format("{} requantisation entries for {} output channels",
                                     processing.requantisation.size(), channels));
    }
    if (processing.residual && processing.residual->values.size() != exact.size()) {
        throw InputError(fmt::format("a residual input of {} elements for an output of {}",
                                     processing.residual->values.size(), exact.size()));
    }
    auto scales = processing.requantisation;
    if (processing.residual) {
        scales.push_back(processing.residual->rescale);
    }
    for (const Requantisation& scale : scales) {
        if (scale.shift < -31 || scale.shift > 31) {
            throw InputError(fmt::format("requantisation shift {}; possible are -31 .. 31", int{scale.shift}));
        }
    }
    if (processing.output_bits < 2 || processing.output_bits > 16 || processing.accumulator_bits < 2 ||
        processing.accumulator_bits > 64) {
        throw InputError(fmt::format("{} output bits, {} accumulator bits; possible are 2 .. 16 and 2 .. 64",
                                     processing.output_bits, processing.accumulator_bits));
    }
}

}  // namespace

Wrapped wrap_to(const Psums& exact, int bits) {
    Wrapped wrapped{exact, overflows(exact, bits)};
    if (wrapped.overflows > 0) {
        for (std::int64_t& value : wrapped.values.data) {
            value = wrap_to(value, bits);
        }
    }
    return wrapped;
}

std::uint64_t overflows(const Psums& exact, int bits) {
    return count_outside(exact.data.data(), exact.size(), INT64_MAX >> (64 - bits));
}

std::int64_t requantise(std::int64_t accumulator, const Requantisation& scale) {
    using Limits = std::numeric_limits<std::int64_t>;
    return clamp_to(rescale<Exact>(accumulator, scale), Limits::min(), Limits::max());
}

Operands post_process(const Psums& exact, const PostProcessing& processing) {
    check_processing(exact, processing);
    const std::int64_t zero_point = processing.output_zero_point;
    const std::int64_t range = std::int64_t{1} << (processing.output_bits - 1);
    const std::int64_t high = std::min<std::int64_t>(range - 1, processing.clamp_high);
    std::int64_t low = std::max<std::int64_t>(-range, processing.clamp_low);
    if (processing.relu) {
        low = std::max(low, zero_point);
    }
    Operands output(exact.shape);
    const std::size_t channels = processing.requantisation.size();
    ChannelProcessing how;
    how.accumulator_bits = processing.accumulator_bits;
    how.zero_point = zero_point;
    how.low = low;
    how.high = high;
    if (processing.residual) {
        how.residual_scale = processing.residual->rescale;
    }
    for (std::size_t k = 0; k < channels; ++k) {
        const std::size_t begin = k * exact.size() / channels;
        const std::size_t count = (k + 1) * exact.size() / channels - begin;
        how.bias = processing.bias.empty() ? 0 : processing.bias[k];
        how.scale = processing.requantisation[k];
        (processing.accumulator_bits <= kNarrowAccumulator
             ? process_narrow
             : process_channel<Exact>)(how, exact.data.data() + begin,
                                       processing.residual ? processing.residual->values.data.data() + begin : nullptr,
                                       count, output.data.data() + begin);
    }
    return output;
}

Requantisation requantisation_of(double factor) {
    constexpr int kMostShift = 31;
    int exponent = kMostShift + 1;
    std::int64_t multiplier = 0;
    if (factor > 0 && std::isfinite(factor)) {
        const double fraction = std::frexp(factor, &exponent);  // factor = fraction * 2^exponent, fraction in [0.5, 1)
        multiplier = static_cast<std::int64_t>(std::llround(std::ldexp(fraction, 31)));
        if (multiplier == std::int64_t{1} << 31) {
            multiplier /= 2;
            ++exponent;
        }
    }
    if (exponent < -kMostShift || exponent > kMostShift) {
        throw InputError(fmt::format("a factor of {} between two scales; possible are 2^-32 to 2^31", factor));
    }
    return {static_cast<std::int32_t>(multiplier), static_cast<std::int8_t>(-exponent)};
}

Operands add(const Operands& a, const Operands& b, const Addition& addition) {
    if (a.shape != b.shape) {
        throw InputError(
            fmt::format("a sum of tensors of shape {} and {}", fmt::join(a.shape, "x"), fmt::join(b.shape, "x")));
    }
    const int shift = 31 + std::max(int{addition.first.shift}, int{addition.second.shift});
    const Exact first = Exact{addition.first.multiplier} << (shift - 31 - addition.first.shift);
    const Exact second = Exact{addition.second.multiplier} << (shift - 31 - addition.second.shift);
    const Exact half = shift == 0 ? Exact{0} : Exact{1} << (shift - 1);
    const std::int64_t zero_point = addition.output_zero_point;
    const std::int64_t low =
        addition.relu ? std::max<std::int64_t>(addition.clamp_low, zero_point) : addition.clamp_low;
    Operands sum(a.shape);
    for (std::size_t i = 0; i < sum.size(); ++i) {
        const Exact rounded = (a.data[i] * first + b.data[i] * second + half) >> shift;
        const std::int64_t quantised = clamp_to(rounded + zero_point, low, addition.clamp_high);
        sum.data[i] = static_cast<std::int16_t>(clamp_to(quantised - zero_point, INT16_MIN, INT16_MAX));
    }
    return sum;
}

Operands average_planes(const Operands& input) {
    const auto rows = static_cast<int>(input.shape.at(1));
    const auto columns = static_cast<int>(input.shape.at(2));
    return pool(input, PoolKind::average, rows, columns, 1, 1, {}, 1, 1);
}

Operands pool(const Operands& input, PoolKind kind, int size_y, int size_x, int stride_y, int stride_x,
              const Padding& pad, int output_rows, int output_columns) {
    const int rows = static_cast<int>(input.shape.at(1));
    const int columns = static_cast<int>(input.shape.at(2));
    Operands output({input.shape.at(0), std::size_t(output_rows), std::size_t(output_columns)});
    for (std::size_t c = 0; c < input.shape[0]; ++c) {
        for (int p = 0; p < output_rows; ++p) {
            for (int q = 0; q < output_columns; ++q) {
                const int top = p * stride_y - pad.top;
                const int left = q * stride_x - pad.left;
                std::int64_t largest = INT16_MIN;
                std::int64_t sum = 0;
                std::int64_t elements = 0;
                for (int y = std::max(top, 0); y < std::min(top + size_y, rows); ++y) {
                    for (int x = std::max(left, 0); x < std::min(left + size_x, columns); ++x) {
                        const std::int64_t value = input.at(c, std::size_t(y), std::size_t(x));
                        largest = std::max(largest, value);
                        sum += value;
                        ++elements;
                    }
                }
                std::int64_t pooled = 0;
                if (elements != 0) {
                    pooled = kind == PoolKind::max ? largest : floor_divide(2 * sum + elements, 2 * elements);
                }
                output.at(c, std::size_t(p), std::size_t(q)) = static_cast<std::int16_t>(pooled);
            }
        }
    }
    return output;
}

}  // namespace nonzero
