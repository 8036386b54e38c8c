#pragma once
// The work of a compute unit: matches of chunk masks and the products of the values behind them (phantom_facts.md 9.5
// rule 3). Plain C++, the machine's inner loop.

#include <cstdint>
#include <span>
#include <vector>

#include "models/sparten/vectors.h"

namespace nonzero::sparten {

inline constexpr std::uint32_t kNobody = ~std::uint32_t{0};

// Filters of a block that a unit works on: `slots` of them in every chunk, kNobody where there are fewer.
struct UnitFilters {
    const FilterBlock* block = nullptr;
    std::size_t slots = 1;
    std::vector<std::uint32_t> members;  // chunks x slots
};

struct UnitResult {
    std::vector<std::uint32_t> times;  // chunks x cells
    std::vector<std::int64_t> sums;    // chunks x slots x cells; none of a counted layer
    std::uint64_t products = 0;
    std::uint64_t chunks = 0;  // of filters
    std::uint64_t empty = 0;   // of these, without a match
};

// Whether the sum of a chunk's products is exact in 32 bits.
bool fits_32_bits(int operand_bits, std::size_t chunk_positions);

// cells: block.groups.size() vectors of each. start: cycles in front of a chunk. The result's vectors are filled anew.
void work_on_cells(const UnitFilters& filters, const Vectors& cells, int start, int operand_bits, UnitResult& result);

}  // namespace nonzero::sparten
