#pragma once
// "did you mean": the candidate that was most likely meant by a mistyped name.

#include <string>
#include <vector>

namespace nonzero {

// The candidate with the smallest optimal string alignment distance to name (insertion, deletion, substitution and the
// swap of two neighbours cost 1 each); the first one on a tie, empty without candidates.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace nonzero
