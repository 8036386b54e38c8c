#include "models/systolic/slot_products.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "workloads/vector_clones.h"

namespace nonzero::systolic {

namespace {

constexpr std::size_t kWhole = 64;  // pixels of a tile, and of a tile with few
constexpr std::size_t kFew = 16;

// One register of the widest machine; elsewhere the compiler takes several.
constexpr std::size_t kRegister = 64;
template <class Item>
using Lanes [[gnu::vector_size(kRegister)]] = Item;

// A stretch of columns against one tile of operands. A float's sums are int32, a double's are double.
template <class Real, class Sum>
struct TileWork {
    const std::int16_t* operands;
    std::size_t operand_stride;
    std::size_t columns;
    std::size_t pixels;
    std::size_t pitch;  // of the tile
    Real* tile;
    const SlotProducts::Weight* weights;
    const std::uint32_t* ends;  // of the first row
    std::size_t ends_stride;
    std::size_t rows;
    Sum* sums;
    std::size_t sums_stride;
};

template <class Work>
[[gnu::always_inline]] inline void fill_tile(const Work& work) {
    for (std::size_t column = 0; column < work.columns; ++column) {
        const std::int16_t* const from = work.operands + column * work.operand_stride;
        auto* const to = work.tile + column * work.pitch;
        for (std::size_t p = 0; p < work.pixels; ++p) {
            to[p] = from[p];
        }
    }
}

template <std::size_t Pixels, class Real, class Sum>
[[gnu::always_inline]] inline void add_rows(const TileWork<Real, Sum>& work) {
    static_assert(sizeof(Real) == sizeof(Sum));
    constexpr std::size_t kLanes = kRegister / sizeof(Real);
    constexpr std::size_t kGroups = Pixels / kLanes;
    for (std::size_t row = 0; row < work.rows; ++row) {
        const std::uint32_t* const ends = work.ends + row * work.ends_stride;
        if (ends[0] == ends[1]) {
            continue;
        }
        Lanes<Real> partial[kGroups] = {};
        for (std::uint32_t number = ends[0]; number < ends[1]; ++number) {
            const Real value = work.weights[number].value;
            const Real* const operands = work.tile + work.weights[number].offset;
            for (std::size_t group = 0; group < kGroups; ++group) {
                Lanes<Real> lanes;
                __builtin_memcpy(&lanes, operands + group * kLanes, kRegister);
                partial[group] += value * lanes;
            }
        }
        Sum* const sums = work.sums + row * work.sums_stride;
        for (std::size_t group = 0; group < kGroups; ++group) {
            Lanes<Sum> sum;
            __builtin_memcpy(&sum, sums + group * kLanes, kRegister);
            sum += __builtin_convertvector(partial[group], Lanes<Sum>);
            __builtin_memcpy(sums + group * kLanes, &sum, kRegister);
        }
    }
}

template <class Work>
[[gnu::always_inline]] inline void work_tile(const Work& work) {
    fill_tile(work);
    if (work.pixels > kFew) {
        add_rows<kWhole>(work);
    } else {
        add_rows<kFew>(work);
    }
}

NONZERO_VECTOR_CLONES void work_narrow(const TileWork<float, std::int32_t>& work) {
    work_tile(work);
}

NONZERO_VECTOR_CLONES void work_wide(const TileWork<double, double>& work) {
    work_tile(work);
}

void do_work(const TileWork<float, std::int32_t>& work) {
    work_narrow(work);
}

void do_work(const TileWork<double, double>& work) {
    work_wide(work);
}

}  // namespace

void SlotProducts::begin(std::size_t rows, std::uint32_t first_column, std::uint32_t columns) {
    first_column_ = first_column;
    columns_ = columns;
    rows_ = 0;
    stretches_ = (columns + kColumns - 1) / kColumns;
    weights_.clear();
    ends_.clear();
    ends_.reserve(rows * stretches_ + 1);
    ends_.push_back(0);
    fullest_ = 0;
    largest_ = 0;
}

void SlotProducts::end_stretches(std::size_t number) {
    while (ends_.size() < number) {
        fullest_ = std::max(fullest_, std::uint32_t(weights_.size()) - ends_.back());
        ends_.push_back(std::uint32_t(weights_.size()));
    }
}

void SlotProducts::place(std::int16_t value, std::uint32_t column) {
    if (column >= columns_) {
        throw std::logic_error("a weight of a column whose operands are not asked for");
    }
    end_stretches(rows_ * stretches_ + column / kColumns + 1);
    weights_.push_back({float(value), column % kColumns * std::uint32_t(kPixels)});
    largest_ = std::max(largest_, std::abs(std::int32_t{value}));
}

void SlotProducts::end_row() {
    ++rows_;
    end_stretches(rows_ * stretches_ + 1);
}

template <class Real, class Sum>
void SlotProducts::multiply_as(const OperandView& operands, AlignedVector<Real>& tile, AlignedVector<Sum>& sums) {
    const std::size_t stride = row_stride(operands.pixels);
    sums.assign(rows_ * stride, Sum{0});
    tile.resize(kColumns * kPixels);
    for (std::size_t pixel = 0; pixel < operands.pixels; pixel += kPixels) {
        TileWork<Real, Sum> work{};
        work.operand_stride = operands.stride;
        work.pixels = std::min(kPixels, operands.pixels - pixel);
        work.pitch = kPixels;
        work.tile = tile.data();
        work.weights = weights_.data();
        work.ends_stride = stretches_;
        work.rows = rows_;
        work.sums = sums.data() + pixel;
        work.sums_stride = stride;
        if (work.pixels < kPixels) {
            std::ranges::fill(tile, Real{0});
        }
        for (std::size_t stretch = 0; stretch < stretches_; ++stretch) {
            work.operands = operands.data + stretch * kColumns * operands.stride + pixel;
            work.columns = std::min<std::size_t>(kColumns, columns_ - stretch * kColumns);
            work.ends = ends_.data() + stretch;
            do_work(work);
        }
    }
}

SlotProducts::Sums SlotProducts::multiply(const OperandView& operands) {
    constexpr std::int64_t kExactFloat = std::int64_t{1} << 24;
    constexpr std::int64_t kExactSum = std::int64_t{1} << 31;
    const std::int64_t product = std::int64_t{largest_} << (operands.bits - 1);
    if (product * fullest_ < kExactFloat && product * columns_ < kExactSum) {
        multiply_as(operands, narrow_tile_, narrow_sums_);
        return std::span<const std::int32_t>(narrow_sums_);
    }
    multiply_as(operands, wide_tile_, wide_sums_);
    return std::span<const double>(wide_sums_);
}

std::uint64_t SlotProducts::useful(std::span<const std::uint32_t> operands) const {
    std::uint64_t products = 0;
    std::uint32_t number = 0;
    for (std::size_t end = 0; end + 1 < ends_.size(); ++end) {
        const std::size_t first = end % stretches_ * kColumns;
        for (; number < ends_[end + 1]; ++number) {
            products += operands[first + weights_[number].offset / kPixels];
        }
    }
    return products;
}

}  // namespace nonzero::systolic
