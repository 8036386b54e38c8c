#pragma once
// Where the non-zeros of a run lie: --sparsity, and of structured weights --nm and --matrix.

#include <optional>
#include <string>
#include <vector>

#include "sc_main/options.h"
#include "workloads/hashed_operands.h"

namespace nonzero {

// As in the data set; generated; with --nm, in the pattern's matrix or in the one that each machine would prune to in
// its place.
enum class Mask { real, uniform, correlated, same, natural };
const char* to_string(Mask mask);

// Those of --sparsity or, with --nm, of --matrix; throws InputError.
std::vector<Mask> read_masks(const Options& options);
// "8:128", or "u30": 30 % of all places. Throws InputError.
WeightPlaces parse_places(const std::string& text);
// The pattern that a machine's job carries; nothing for unstructured places.
std::optional<NmPattern> job_pattern(const std::optional<WeightPlaces>& places);

// The parts between commas; throws InputError where one is empty.
std::vector<std::string> split_list(const std::string& text);

}  // namespace nonzero
