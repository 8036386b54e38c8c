#pragma once

#include <fmt/format.h>

#include "workloads/error.h"
#include "workloads/field_name.h"

namespace nonzero {

// The value of a field of a spec; throws InputError unless it is a number in low .. high.
template <class Number>
Number in_range(const char* field, Number value, Number low, Number high) {
    if (!(value >= low && value <= high)) {
        throw InputError(fmt::format("{}: {} is outside {} .. {}", field_name(field), value, low, high));
    }
    return value;
}

}  // namespace nonzero
