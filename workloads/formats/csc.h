#pragma once
// Compressed sparse column format of a rows x columns matrix that is dense in C order (row-major): the non-zeros column
// by column, the row of each, and for each column where it starts.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nonzero {

struct CscMatrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::int16_t> values;
    std::vector<std::uint32_t> row_indices;            // one per value, ascending inside a column
    std::vector<std::uint32_t> column_pointers = {0};  // columns + 1; the last one is the number of values
    friend bool operator==(const CscMatrix&, const CscMatrix&) = default;
};

// std::invalid_argument when dense has not rows * columns elements or an index does not fit 32 bits.
CscMatrix encode_csc(std::span<const std::int16_t> dense, std::size_t rows, std::size_t columns);

// False, and dense all zero, when the matrix is malformed: pointers that do not ascend from 0 to the number of values,
// rows out of range or not ascending inside a column, or a size other than that of dense.
bool decode_csc(const CscMatrix& matrix, std::span<std::int16_t> dense);

// 16-bit values, 32-bit row indices and column pointers.
std::size_t csc_bytes(std::size_t stored_values, std::size_t columns);

}  // namespace nonzero
