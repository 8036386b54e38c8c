#include "tests/toy_machine/slot_sums.h"

#include <algorithm>

namespace nonzero::toy {

std::uint64_t sum_slots(std::span<const std::int16_t> row, std::span<const std::int16_t> column, int lanes,
                        std::span<double> sums) {
    const auto width = std::size_t(lanes);
    std::uint64_t useful = 0;
    for (std::size_t slot = 0; slot < sums.size(); ++slot) {
        std::int64_t sum = 0;
        for (std::size_t n = slot * width; n < std::min(row.size(), (slot + 1) * width); ++n) {
            sum += std::int64_t(row[n]) * column[n];
            useful += row[n] != 0 && column[n] != 0 ? 1 : 0;
        }
        sums[slot] = double(sum);
    }
    return useful;
}

}  // namespace nonzero::toy
