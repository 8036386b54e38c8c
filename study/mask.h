#pragma once
// Where the non-zeros of a study's operands lie. C++17-clean.

namespace nonzero {

// As in the data set; generated; of structured weights the pattern's matrix, or the one that each machine would prune
// to in its place.
enum class Mask { real, uniform, correlated, same, natural };
const char* to_string(Mask mask);

}  // namespace nonzero
