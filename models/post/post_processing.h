#pragma once
// Arithmetic of a post-processing unit: accumulator -> stored output (shared.md 3, host_interface.h). Plain C++,
// shared by the platforms; the reference implements the same rules on its own.

#include <cstdint>
#include <span>
#include <vector>

#include "models/host/host_interface.h"

namespace nonzero {

class PostProcessor {
  public:
    int accumulator_bits = 24;
    int output_bits = 16;
    bool relu = false;
    std::int32_t output_zero_point = 0;
    std::int32_t clamp_low = INT32_MIN;
    std::int32_t clamp_high = INT32_MAX;
    std::vector<std::int64_t> bias;   // per output channel, or empty
    std::vector<nz_requant> requant;  // per output channel, or empty: no rescale

    // What an accumulator of accumulator_bits holds; overflow is set when that is not the exact sum.
    std::int64_t accumulator(std::int64_t exact, bool& overflow) const;
    // Stored output (q - zero point) of channel k.
    std::int16_t output(std::int64_t accumulator, int k) const;

    // The same of many exact sums; they return how many of them overflow.
    std::uint64_t accumulators(std::span<const std::int64_t> exact, std::int64_t* to) const;
    std::uint64_t accumulators(std::span<const std::int32_t> exact, std::int64_t* to) const;
    std::uint64_t outputs(std::span<const std::int64_t> exact, int k, std::int16_t* to) const;
    std::uint64_t outputs(std::span<const std::int32_t> exact, int k, std::int16_t* to) const;

  private:
    template <class Sum>
    std::uint64_t all_outputs(std::span<const Sum> exact, int k, std::int16_t* to) const;
};

}  // namespace nonzero
