#include "models/masked/filter_order.h"

#include <algorithm>
#include <numeric>

namespace nonzero::masked {

std::vector<std::size_t> order_of_work(const FilterSets& sets, bool sort, std::span<const std::uint64_t> non_zeros) {
    std::vector<std::size_t> order(sets.filters());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t set = 0; sort && set < sets.sets(); ++set) {
        const Range filters = sets.filters_of(set);
        std::ranges::stable_sort(std::span(order).subspan(filters.begin, filters.size()),
                                 [&](auto a, auto b) { return non_zeros[a] > non_zeros[b]; });
    }
    return order;
}

}  // namespace nonzero::masked
