#pragma once
// How many issue slots a row of A takes in a tile of M columns, N weights to a slot (demm_facts.md 10.1). Plain C++.

#include <algorithm>
#include <optional>

#include "workloads/nm.h"

namespace nonzero::demm {

// Slots that every row of a layer with that pattern takes; nullopt when neither of the windows divides the other.
inline std::optional<int> slots_of_pattern(const NmPattern& pattern, int n, int m) {
    const auto slots = [n](int weights) { return std::max(1, (weights + n - 1) / n); };
    if (m % pattern.m == 0) {
        return slots(pattern.n * (m / pattern.m));
    }
    if (pattern.m % m == 0) {
        return slots(std::min(pattern.n, m));
    }
    return std::nullopt;
}

}  // namespace nonzero::demm
