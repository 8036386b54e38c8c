#pragma once
// The balancing between units that work filters side by side (phantom_facts.md 9 rule 5): those with about as many
// non-zero weights run together. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/masked/masked_layer.h"

namespace nonzero::masked {

// Filters in the order of work, set after set: by their non-zero weights, high to low, ties to the lower filter; or as
// they come.
std::vector<std::size_t> order_of_work(const FilterSets& sets, bool sort, std::span<const std::uint64_t> non_zeros);

}  // namespace nonzero::masked
