#pragma once
// Compressed blocks (scnn_facts.md 10.9 rules 3, 4, 5).

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero::oracle::scnn {

struct Activation {
    int y, x;
    std::int64_t value;
};
struct Weight {
    int kh, kw, k;  // k counts over all groups
    std::int64_t value;
};

// A block with its stored entries. A placeholder is an entry of value 0 (of a dense operand nothing is compressed and
// a zero is an entry like any other: callers do not call this).
template <class Entry>
std::vector<Entry> compress(const std::vector<Entry>& dense, bool placeholders) {
    std::vector<Entry> stored;
    std::vector<Entry> waiting;  // placeholders that are stored only if a non-zero follows
    int zeros = 0;
    for (const Entry& e : dense) {
        if (e.value != 0) {
            stored.insert(stored.end(), waiting.begin(), waiting.end());
            stored.push_back(e);
            waiting.clear();
            zeros = 0;
        } else if (++zeros == 16) {
            if (placeholders)
                waiting.push_back(e);
            zeros = 0;
        }
    }
    return stored;
}

using ActivationBlock = std::vector<Activation>;
using WeightBlock = std::vector<Weight>;

// Vectors of `width` entries that a block fills, the last one perhaps partial.
inline std::size_t vectors(std::size_t entries, int width) {
    return (entries + std::size_t(width) - 1) / std::size_t(width);
}

}  // namespace nonzero::oracle::scnn
