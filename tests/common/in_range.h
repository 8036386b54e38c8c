#pragma once
// Random numbers of properties.

#include "tests/common/property.h"

namespace nonzero {

// Both bounds included.
inline int in_range(int low, int high) {
    return *rc::gen::inRange(low, high + 1);
}

}  // namespace nonzero
