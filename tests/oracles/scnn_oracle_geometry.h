#pragma once
// Cutting of the input and output planes over the PEs (scnn_facts.md 10.9 rules 1, 2, 11).

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace nonzero::oracle::scnn {

struct Range {  // [begin, end)
    int begin = 0;
    int end = 0;
    bool contains(int v) const { return begin <= v && v < end; }
    int size() const { return std::max(0, end - begin); }
};

inline Range part(int i, int parts, int n) {
    return {int(std::int64_t(i) * n / parts), int(std::int64_t(i + 1) * n / parts)};
}

inline int floor_div(int a, int b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

inline int ceil_div(int a, int b) {
    return -floor_div(-a, b);
}

// One direction (rows or columns) of a convolution cut over `parts` PEs.
struct Line {
    int inputs, outputs, kernel, stride, pad, parts;

    Range tile(int i) const { return part(i, parts, inputs); }
    Range owned(int i) const { return part(i, parts, outputs); }
    // Outputs that products of tile i can fall on.
    Range reached(int i) const {
        const Range t = tile(i);
        if (t.size() == 0)
            return {};
        return {std::max(0, ceil_div(t.begin + pad - kernel + 1, stride)),
                std::min(outputs - 1, floor_div(t.end - 1 + pad, stride)) + 1};
    }
    int owner(int output) const {
        for (int i = 0; i < parts; ++i)
            if (owned(i).contains(output))
                return i;
        throw std::logic_error("output without an owner");
    }
    int most_owned() const {
        int most = 0;
        for (int i = 0; i < parts; ++i)
            most = std::max(most, owned(i).size());
        return most;
    }
    int footprint() const { return std::min(outputs, ceil_div(ceil_div(inputs, parts) + kernel - 1, stride)); }
};

}  // namespace nonzero::oracle::scnn
