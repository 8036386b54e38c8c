#pragma once
// How a plane is cut over a grid of processing elements (scnn_facts.md 10.9 rule 1).

#include <cstdint>

namespace nonzero {

// [begin, end)
struct Range {
    int begin = 0;
    int end = 0;
    int size() const { return end - begin; }
    bool empty() const { return begin >= end; }
    bool contains(int value) const { return value >= begin && value < end; }
    friend bool operator==(const Range&, const Range&) = default;
};

// Part `index` of a line of n elements over `parts`: [floor(index*n/parts), floor((index+1)*n/parts)); may be empty.
inline Range balanced_part(int n, int parts, int index) {
    const auto cut = [&](int i) { return int(std::int64_t(i) * n / parts); };
    return {cut(index), cut(index + 1)};
}

}  // namespace nonzero
