#pragma once
// The add of a post-processing unit: a step of its own behind requantisation and clip (post_processing.h), so both
// terms are finished outputs q - zero point of scales of their own, of this layer or an earlier one. They are added
// exactly and rounded once. (The residual input of a descriptor is another function: it adds two rounded terms before
// the clip.) An average over the plane may follow (rounded_mean.h). Plain C++.

#include <cstdint>
#include <span>

#include "models/host/host_interface.h"

namespace nonzero {

class ResidualAdder {
  public:
    nz_requant first{};  // scale of the term over that of the sum
    nz_requant second{};
    bool relu = false;  // clamp below at the zero point
    std::int32_t output_zero_point = 0;
    std::int32_t clamp_low = INT32_MIN;
    std::int32_t clamp_high = INT32_MAX;

    // clamp(zero_point + floor(a * first + b * second + 1/2)) - zero_point, where an entry means
    // multiplier * 2^-(31 + shift).
    std::int16_t output(std::int16_t a, std::int16_t b) const;
    // Of whole maps of one size.
    void add(std::span<const std::int16_t> a, std::span<const std::int16_t> b, std::span<std::int16_t> sum) const;
};

}  // namespace nonzero
