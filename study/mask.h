#pragma once
// Where the non-zeros of a study's operands lie.

#include <optional>
#include <string>
#include <vector>

#include "workloads/hashed_operands.h"

namespace nonzero {

// As in the data set; generated; of structured weights the pattern's matrix, or the one that each machine would prune
// to in its place.
enum class Mask { real, uniform, correlated, same, natural };
const char* to_string(Mask mask);

// "8:128", or "u30": 30 % of all places. Throws InputError.
WeightPlaces parse_places(const std::string& text);
// The pattern that a machine's job carries; nothing for unstructured places.
std::optional<NmPattern> job_pattern(const std::optional<WeightPlaces>& places);

}  // namespace nonzero
