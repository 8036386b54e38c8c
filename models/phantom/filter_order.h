#pragma once
// The balancing between cores (phantom_facts.md 9 rule 5): filters with about as many non-zero weights run side by
// side. Plain C++.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace nonzero::phantom {

// Filters begin .. end - 1 by their non-zero weights, high to low; ties to the lower filter.
inline std::vector<std::size_t> filter_order(std::size_t begin, std::size_t end,
                                             std::span<const std::uint64_t> non_zeros) {
    std::vector<std::size_t> order(end - begin);
    std::iota(order.begin(), order.end(), begin);
    std::ranges::stable_sort(order, [&](auto a, auto b) { return non_zeros[a] > non_zeros[b]; });
    return order;
}

}  // namespace nonzero::phantom
