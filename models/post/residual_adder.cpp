#include "models/post/residual_adder.h"

#include <algorithm>
#include <cstddef>

namespace nonzero {

namespace {

// A term of 16 bits times a multiplier of 32 bits, brought from one shift to another by up to 62 bits.
__extension__ using Wide = __int128;

Wide term(std::int16_t value, const nz_requant& scale, int shift) {
    return Wide(value) * scale.multiplier * (Wide(1) << (shift - scale.shift));
}

}  // namespace

std::int16_t ResidualAdder::output(std::int16_t a, std::int16_t b) const {
    const int shift = std::max(int{first.shift}, int{second.shift});
    const int places = 31 + shift;  // behind the binary point
    const Wide exact = term(a, first, shift) + term(b, second, shift);
    const Wide half = places > 0 ? Wide(1) << (places - 1) : 0;
    const Wide quantised = ((exact + half) >> places) + output_zero_point;
    const Wide low = relu ? std::max(clamp_low, output_zero_point) : clamp_low;
    const Wide stored = std::max(std::min<Wide>(quantised, clamp_high), low) - output_zero_point;
    return std::int16_t(std::max<Wide>(INT16_MIN, std::min<Wide>(stored, INT16_MAX)));
}

void ResidualAdder::add(std::span<const std::int16_t> a, std::span<const std::int16_t> b,
                        std::span<std::int16_t> sum) const {
    for (std::size_t n = 0; n < sum.size(); ++n) {
        sum[n] = output(a[n], b[n]);
    }
}

}  // namespace nonzero
