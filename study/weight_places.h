#pragma once

#include <optional>
#include <string>

#include "workloads/hashed_operands.h"

namespace nonzero {

// "8:128", or "u30": 30 % of all places. Throws InputError.
WeightPlaces parse_places(const std::string& text);
// The pattern that a machine's job carries; nothing for unstructured places.
std::optional<NmPattern> job_pattern(const std::optional<WeightPlaces>& places);

}  // namespace nonzero
