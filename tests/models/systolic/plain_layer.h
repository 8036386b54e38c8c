#pragma once
// A whole layer through the plain C++ parts of an array, without any SystemC: packed, read back, planned, placed pass
// by pass, multiplied, added up.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/systolic/packed_weights.h"
#include "models/systolic/parameters.h"
#include "models/systolic/schedule.h"
#include "tests/oracles/gemm_problem.h"

namespace nonzero::systolic {

struct PlainResult {
    std::vector<std::int64_t> Y;  // (groups * Mo) x P; empty without B
    std::uint64_t passes = 0;
    std::uint64_t weight_products = 0;  // non-zero weights times columns of B
    std::uint64_t useful = 0;           // products of two non-zeros; 0 without B
    std::map<PassTiming, Cycles> cycles;
    // Multiplier cycles by cause, by the parameters' timing.
    std::uint64_t busy = 0;
    std::uint64_t zero_weight = 0;
    std::uint64_t edge = 0;
    std::uint64_t fill_drain = 0;
    std::uint64_t load = 0;
};

// Without B the weights go by their counts only.
PlainResult run_plain(const ArrayParameters& parameters, const oracle::GemmProblem& problem,
                      std::optional<int> uniform_n = std::nullopt);

}  // namespace nonzero::systolic
