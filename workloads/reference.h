#pragma once
// Reference arithmetic (shared.md 3): independent of every dataflow, written for clarity. Exact in int64.

#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/layer.h"
#include "workloads/pooling.h"
#include "workloads/tensor.h"

namespace nonzero {

class ThreadPool;

// y[k][p][q] = sum over c, kh, kw of w * x; any stride, dilation, groups and asymmetric padding; without bias. Also
// matrix products, and the fully connected layer (a 1x1 convolution over C x 1 x 1; a single input may come as the
// plane that flattens to it). Of a batch, image by image. Padding inserts a stored 0, i.e. the zero point. The layer is
// one that validate() accepts; tensors of another shape are an InputError.
Psums convolve(const Layer& layer, const Operands& input, const Operands& weights);
// The same, its output channels shared by threads.
Psums convolve(const Layer& layer, const Operands& input, const Operands& weights, ThreadPool& threads);

// Sign-extends the low `bits` bits: what an accumulator of that width holds after wrapping. bits 2..64.
inline std::int64_t wrap_to(std::int64_t exact, int bits) {
    const int unused = 64 - bits;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(exact) << unused) >> unused;
}

struct Wrapped {
    Psums values;
    std::uint64_t overflows = 0;  // outputs whose exact sum is out of range
};
Wrapped wrap_to(const Psums& exact, int bits);
// How many of the sums such an accumulator does not hold.
std::uint64_t overflows(const Psums& exact, int bits);

// Per output channel. output = clamp(zero_point + ((acc * multiplier + 2^(30 + shift)) >> (31 + shift))), the shift
// arithmetic and the product exact: round half up. With shift -31 nothing is shifted or rounded.
struct Requantisation {
    std::int32_t multiplier = 1 << 30;  // Q31
    std::int8_t shift = -1;             // -31 .. 31; with the default multiplier: identity
};

// A residual input, added after its own rescale and before the output's zero point. Its values are stored as
// q - zero point like all operands, so its zero point does not appear.
struct Residual {
    Operands values;
    Requantisation rescale;
};

struct PostProcessing {
    std::vector<std::int64_t> bias;              // empty or K, at accumulator scale; added modulo 2^accumulator_bits
    std::vector<Requantisation> requantisation;  // K
    int accumulator_bits = 24;
    int output_bits = 16;  // saturation happens here only
    bool relu = true;      // clamp below at the zero point
    std::int32_t output_zero_point = 0;
    std::int32_t clamp_low = INT32_MIN;
    std::int32_t clamp_high = INT32_MAX;
    std::optional<Residual> residual;
};

// The entry nearest to a real factor: round(factor * 2^(31 + shift)) lies in [2^30, 2^31). InputError for a factor that
// is not positive or beyond what a shift of -31 .. 31 says.
Requantisation requantisation_of(double factor);

// The sum of two stored tensors of scales of their own: both terms exact, brought to the larger shift, added, and
// rounded once. It is another function than PostProcessing::residual, which adds two rounded terms.
struct Addition {
    Requantisation first;  // scale of the term over that of the sum
    Requantisation second;
    bool relu = false;  // clamp below at the zero point
    std::int32_t output_zero_point = 0;
    std::int32_t clamp_low = INT32_MIN;
    std::int32_t clamp_high = INT32_MAX;
};
// Operands and sum are q - zero point, each with its own zero point. InputError where the shapes differ.
Operands add(const Operands& a, const Operands& b, const Addition& addition);

// Without zero point; a result beyond int64 saturates there.
std::int64_t requantise(std::int64_t accumulator, const Requantisation& scale);

// From exact sums (K x P x Q) to stored outputs q - zero_point: wrap, bias, wrap, rescale, residual, zero point,
// saturate q to output_bits (2 .. 16, signed), ReLU, clamp; where these bounds exclude each other the lower bound wins.
// InputError where the parts of processing do not fit.
Operands post_process(const Psums& exact, const PostProcessing& processing);

// The mean of every plane of stored values (C x H x W), rounded half up: C x 1 x 1.
Operands average_planes(const Operands& input);

// Pooling of stored values (C x H x W); average rounds half up over the elements inside the plane. A window without any
// element inside gives 0.
Operands pool(const Operands& input, PoolKind kind, int size_y, int size_x, int stride_y, int stride_x,
              const Padding& pad, int output_rows, int output_columns);

}  // namespace nonzero
