#include "workloads/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace nonzero {

namespace {

// Dynamic programming over prefixes; a swap reaches back two rows, so three rows are kept.
std::size_t alignment_distance(const std::string& a, const std::string& b) {
    const std::size_t columns = b.size() + 1;
    std::vector<std::size_t> two_back(columns);
    std::vector<std::size_t> one_back(columns);
    std::vector<std::size_t> row(columns);
    for (std::size_t j = 0; j < columns; ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        two_back.swap(one_back);
        one_back.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j < columns; ++j) {
            const std::size_t substitution = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({one_back[j] + 1, row[j - 1] + 1, one_back[j - 1] + substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], two_back[j - 2] + 1);
            }
        }
    }
    return row.back();
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates) {
    std::string nearest;
    std::size_t smallest = std::numeric_limits<std::size_t>::max();
    for (const std::string& candidate : candidates) {
        const std::size_t distance = alignment_distance(name, candidate);
        if (distance < smallest) {
            smallest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

}  // namespace nonzero
