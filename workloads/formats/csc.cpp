#include "workloads/formats/csc.h"

#include <algorithm>
#include <stdexcept>

namespace nonzero {

namespace {

// rows * columns == elements, without the product overflowing.
bool has_elements(std::size_t rows, std::size_t columns, std::size_t elements) {
    if (rows == 0 || columns == 0) {
        return elements == 0;
    }
    return elements % columns == 0 && elements / columns == rows;
}

bool well_formed(const CscMatrix& matrix, std::size_t elements) {
    const auto& pointers = matrix.column_pointers;
    if (!has_elements(matrix.rows, matrix.columns, elements) || matrix.row_indices.size() != matrix.values.size() ||
        pointers.empty() || pointers.size() - 1 != matrix.columns || pointers.front() != 0 ||
        pointers.back() != matrix.values.size() || !std::ranges::is_sorted(pointers)) {
        return false;
    }
    for (std::size_t column = 0; column < matrix.columns; ++column) {
        for (std::size_t i = pointers[column]; i < pointers[column + 1]; ++i) {
            const bool ascending = i == pointers[column] || matrix.row_indices[i - 1] < matrix.row_indices[i];
            if (matrix.row_indices[i] >= matrix.rows || !ascending) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

CscMatrix encode_csc(std::span<const std::int16_t> dense, std::size_t rows, std::size_t columns) {
    if (!has_elements(rows, columns, dense.size()) || rows > UINT32_MAX || dense.size() > UINT32_MAX) {
        throw std::invalid_argument("CSC: the dense matrix has not rows x columns elements, or more than 2^32 of them");
    }
    CscMatrix matrix;
    matrix.rows = rows;
    matrix.columns = columns;
    matrix.column_pointers.reserve(columns + 1);
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t row = 0; row < rows; ++row) {
            const std::int16_t value = dense[row * columns + column];
            if (value != 0) {
                matrix.values.push_back(value);
                matrix.row_indices.push_back(static_cast<std::uint32_t>(row));
            }
        }
        matrix.column_pointers.push_back(static_cast<std::uint32_t>(matrix.values.size()));
    }
    return matrix;
}

bool decode_csc(const CscMatrix& matrix, std::span<std::int16_t> dense) {
    std::ranges::fill(dense, std::int16_t{0});
    if (!well_formed(matrix, dense.size())) {
        return false;
    }
    for (std::size_t column = 0; column < matrix.columns; ++column) {
        for (std::size_t i = matrix.column_pointers[column]; i < matrix.column_pointers[column + 1]; ++i) {
            dense[matrix.row_indices[i] * matrix.columns + column] = matrix.values[i];
        }
    }
    return true;
}

std::size_t csc_bytes(std::size_t stored_values, std::size_t columns) {
    return (2 + 4) * stored_values + 4 * (columns + 1);
}

}  // namespace nonzero
