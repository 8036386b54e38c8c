#pragma once
// Random dense blocks of any density, with zero runs longer than a 4-bit counter holds.

#include "tests/common/property.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nonzero {

inline std::vector<std::int16_t> sparse_values(std::size_t elements) {
    const int density_percent = *rc::gen::element(0, 1, 3, 10, 35, 90, 100);
    const auto value = rc::gen::map(rc::gen::inRange(1, 65536), [](int v) { return static_cast<std::int16_t>(v); });
    const auto element = rc::gen::weightedOneOf<std::int16_t>(
        {{static_cast<std::size_t>(100 - density_percent), rc::gen::just<std::int16_t>(0)},
         {static_cast<std::size_t>(density_percent), value}});
    return *rc::gen::container<std::vector<std::int16_t>>(elements, element);
}

inline std::vector<std::int16_t> sparse_values() {
    return sparse_values(*rc::gen::inRange<std::size_t>(0, 300));
}

}  // namespace nonzero
