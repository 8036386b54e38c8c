#include "models/dcnn/dot_products.h"

#include <algorithm>

#include "workloads/vector_clones.h"

namespace nonzero::dcnn {

namespace {

// Written out for one, and for four, patches, because compilers turn exactly such loops into multiply-add instructions
// over pairs of 16-bit operands.

// Four patches, two rows: sums of `length` products, patch by patch.
NONZERO_VECTOR_CLONES
void four_by_two(const std::int16_t* patch, const std::int16_t* row, std::size_t pitch, std::size_t length,
                 std::int32_t* sums) {
    const std::int16_t* const a = patch;
    const std::int16_t* const b = patch + pitch;
    const std::int16_t* const c = patch + 2 * pitch;
    const std::int16_t* const d = patch + 3 * pitch;
    const std::int16_t* const v = row;
    const std::int16_t* const w = row + pitch;
    std::int32_t av = 0, aw = 0, bv = 0, bw = 0, cv = 0, cw = 0, dv = 0, dw = 0;
    for (std::size_t n = 0; n < length / kVectorElements * kVectorElements; ++n) {
        av += std::int32_t{a[n]} * v[n];
        aw += std::int32_t{a[n]} * w[n];
        bv += std::int32_t{b[n]} * v[n];
        bw += std::int32_t{b[n]} * w[n];
        cv += std::int32_t{c[n]} * v[n];
        cw += std::int32_t{c[n]} * w[n];
        dv += std::int32_t{d[n]} * v[n];
        dw += std::int32_t{d[n]} * w[n];
    }
    const std::int32_t all[] = {av, aw, bv, bw, cv, cw, dv, dw};
    std::copy_n(all, 8, sums);
}

// One patch, four rows.
NONZERO_VECTOR_CLONES
void one_by_four(const std::int16_t* patch, const std::int16_t* row, std::size_t pitch, std::size_t length,
                 std::int32_t* sums) {
    const std::int16_t* const a = patch;
    const std::int16_t* const v = row;
    const std::int16_t* const w = row + pitch;
    const std::int16_t* const x = row + 2 * pitch;
    const std::int16_t* const y = row + 3 * pitch;
    std::int32_t av = 0, aw = 0, ax = 0, ay = 0;
    for (std::size_t n = 0; n < length / kVectorElements * kVectorElements; ++n) {
        av += std::int32_t{a[n]} * v[n];
        aw += std::int32_t{a[n]} * w[n];
        ax += std::int32_t{a[n]} * x[n];
        ay += std::int32_t{a[n]} * y[n];
    }
    const std::int32_t all[] = {av, aw, ax, ay};
    std::copy_n(all, 4, sums);
}

// `patches` by `step` sums of a block over the whole length, `scale` times, added to `block`.
template <class Kernel>
void add_chunks(Kernel kernel, const std::int16_t* patch, const std::int16_t* row, const WeightRows& rows,
                std::int64_t scale, std::int64_t* block, std::size_t count) {
    std::int32_t part[2 * kPatchBlock];
    for (std::size_t begin = 0; begin < rows.length(); begin += rows.chunk()) {
        kernel(patch + begin, row + begin, rows.length(), std::min(rows.chunk(), rows.length() - begin), part);
        for (std::size_t n = 0; n < count; ++n) {
            block[n] += scale * part[n];
        }
    }
}

constexpr std::int64_t kHighPart = 256;

// Blocks of `patches` patches and `step` rows.
template <class Kernel, class Sum>
void all_rows(Kernel kernel, std::size_t patches, std::size_t step, const std::int16_t* patch, const WeightRows& rows,
              Sum* sums, std::size_t pitch) {
    for (std::size_t first = 0; first < rows.rows(); first += step) {
        std::int64_t block[2 * kPatchBlock] = {};
        const std::size_t offset = first * rows.length();
        add_chunks(kernel, patch, rows.low() + offset, rows, 1, block, patches * step);
        if (rows.split()) {
            add_chunks(kernel, patch, rows.high() + offset, rows, kHighPart, block, patches * step);
        }
        for (std::size_t row = first; row < std::min(first + step, rows.rows()); ++row) {
            for (std::size_t n = 0; n < patches; ++n) {
                sums[row * pitch + n] = Sum(block[n * step + row - first]);
            }
        }
    }
}

template <class Sum>
void multiply(const std::int16_t* patch, std::size_t patches, const WeightRows& rows, Sum* sums, std::size_t pitch) {
    if (patches == kPatchBlock) {
        all_rows(four_by_two, kPatchBlock, 2, patch, rows, sums, pitch);
        return;
    }
    for (std::size_t n = 0; n < patches; ++n) {
        all_rows(one_by_four, 1, kRowBlock, patch + n * rows.length(), rows, sums + n, pitch);
    }
}

}  // namespace

void dot_products(const std::int16_t* patch, std::size_t patches, const WeightRows& rows, std::int64_t* sums,
                  std::size_t pitch) {
    multiply(patch, patches, rows, sums, pitch);
}

void dot_products(const std::int16_t* patch, std::size_t patches, const WeightRows& rows, std::int32_t* sums,
                  std::size_t pitch) {
    multiply(patch, patches, rows, sums, pitch);
}

}  // namespace nonzero::dcnn
