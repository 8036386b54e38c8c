#include "models/sparten/chunk_products.h"

#include <algorithm>
#include <bit>

#include "workloads/vector_clones.h"

namespace nonzero::sparten {

namespace {

// A chunk of a filter, and the same chunk of the cells' inputs.
struct ChunkWork {
    const std::uint64_t* filter_mask;
    const std::uint64_t* cell_masks;
    std::size_t words;
    std::size_t mask_stride;  // from cell to cell
    const std::int16_t* filter_values;
    const std::int16_t* cell_values;
    std::size_t positions;
    std::size_t value_stride;
    std::size_t cells;
};

NONZERO_VECTOR_CLONES void count_matches(const ChunkWork& work, std::uint32_t* matches) {
    for (std::size_t cell = 0; cell < work.cells; ++cell) {
        const std::uint64_t* const mask = work.cell_masks + cell * work.mask_stride;
        int count = 0;
        for (std::size_t word = 0; word < work.words; ++word) {
            count += std::popcount(work.filter_mask[word] & mask[word]);
        }
        matches[cell] = std::uint32_t(count);
    }
}

// Zeros add nothing, so that the products of the matches are the dot product of the values with their zeros.
template <class Sum>
[[gnu::always_inline]] inline void multiply(const ChunkWork& work, std::int64_t* sums) {
    for (std::size_t cell = 0; cell < work.cells; ++cell) {
        const std::int16_t* const values = work.cell_values + cell * work.value_stride;
        Sum sum = 0;
        for (std::size_t i = 0; i < work.positions; ++i) {
            sum += std::int32_t(work.filter_values[i]) * std::int32_t(values[i]);
        }
        sums[cell] = sum;
    }
}

NONZERO_VECTOR_CLONES void multiply_narrow(const ChunkWork& work, std::int64_t* sums) {
    multiply<std::int32_t>(work, sums);
}
NONZERO_VECTOR_CLONES void multiply_wide(const ChunkWork& work, std::int64_t* sums) {
    multiply<std::int64_t>(work, sums);
}

}  // namespace

bool fits_32_bits(int operand_bits, std::size_t chunk_positions) {
    return (std::uint64_t(chunk_positions) << (2 * operand_bits - 2)) < std::uint64_t{1} << 31;
}

void work_on_cells(const UnitFilters& filters, const Vectors& cells, int start, int operand_bits, UnitResult& result) {
    const FilterBlock& block = *filters.block;
    const VectorShape& shape = cells.shape;
    const std::size_t of_cell = block.groups.size();
    const std::size_t count = cells.count / of_cell;
    const bool narrow = fits_32_bits(operand_bits, std::min(shape.positions, shape.chunk_positions));
    const bool values = !cells.values.empty() && !block.vectors.values.empty();
    result = {};
    result.times.assign(shape.chunks() * count, 0);
    result.sums.assign(values ? shape.chunks() * filters.slots * count : 0, 0);
    std::vector<std::uint32_t> matches(count);
    for (std::size_t n = 0; n < filters.members.size(); ++n) {
        const std::size_t member = filters.members[n];
        if (member == kNobody) {
            continue;
        }
        const std::size_t chunk = n / filters.slots;
        const std::size_t input = block.inputs[member];
        const Range positions = shape.chunk(chunk);
        ChunkWork work{};
        work.filter_mask = block.vectors.mask(member, chunk);
        work.cell_masks = cells.mask(input, chunk);
        work.words = shape.chunk_words();
        work.mask_stride = of_cell * shape.words();
        work.positions = positions.size();
        work.value_stride = of_cell * shape.positions;
        work.cells = count;
        count_matches(work, matches.data());
        std::uint32_t* const times = result.times.data() + chunk * count;
        for (std::size_t cell = 0; cell < count; ++cell) {
            times[cell] += std::uint32_t(start) + std::max(1U, matches[cell]);
            result.products += matches[cell];
            result.empty += matches[cell] == 0 ? 1U : 0U;
        }
        result.chunks += count;
        if (values) {
            work.filter_values = block.vectors.values.data() + member * shape.positions + positions.begin;
            work.cell_values = cells.values.data() + input * shape.positions + positions.begin;
            (narrow ? multiply_narrow : multiply_wide)(work, result.sums.data() + n * count);
        }
    }
}

}  // namespace nonzero::sparten
