#include "models/phantom/entry_stream.h"

#include <algorithm>
#include <array>
#include <bit>

#include "workloads/vector_clones.h"

namespace nonzero::phantom {

namespace {

constexpr std::uint64_t lowest(std::size_t bits) {
    return bits >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

// Adds the masks up, word by word, and puts the sums behind the bits that are there. Returns the products.
template <int Planes>
[[gnu::always_inline]] inline std::uint64_t add_words(std::span<const std::uint64_t* const> masks, std::size_t windows,
                                                      std::size_t shift, std::uint64_t* const* to) {
    std::uint64_t products = 0;
    for (std::size_t word = 0; word < words_of(windows); ++word) {
        const std::uint64_t inside = lowest(windows - word * kWordBits);
        std::uint64_t sums[Planes] = {};
        for (const std::uint64_t* const mask : masks) {
            std::uint64_t carry = mask[word] & inside;
            for (std::uint64_t& sum : sums) {
                const std::uint64_t both = sum & carry;
                sum ^= carry;
                carry = both;
            }
        }
        for (int plane = 0; plane < Planes; ++plane) {
            products += std::uint64_t(std::popcount(sums[plane])) << plane;
            to[plane][word] |= sums[plane] << shift;
            // A word behind the last one that is needed may not be there; nothing of the sum lies in it then.
            const std::uint64_t rest = shift == 0 ? 0 : sums[plane] >> (kWordBits - shift);
            if (rest != 0) {
                to[plane][word + 1] |= rest;
            }
        }
    }
    return products;
}

NONZERO_VECTOR_CLONES std::uint64_t add_column(std::span<const std::uint64_t* const> masks, std::size_t windows,
                                               std::size_t shift, std::uint64_t* const* to) {
    return add_words<EntryStream::kColumnPlanes>(masks, windows, shift, to);
}

NONZERO_VECTOR_CLONES std::uint64_t add_many(std::span<const std::uint64_t* const> masks, std::size_t windows,
                                             std::size_t shift, std::uint64_t* const* to) {
    return add_words<EntryStream::kPlanes>(masks, windows, shift, to);
}

constexpr std::uint32_t kColumnTaps = 0b111;

// Columns of three rows of one word: both sums of a word stay in registers until it is full. shift: bits that the first
// words of low and high have already. Returns the products.
NONZERO_VECTOR_CLONES std::uint64_t add_short_columns(std::span<const MaskColumn> columns, const std::uint64_t* rows,
                                                      std::size_t windows, std::size_t shift, std::uint64_t* low,
                                                      std::uint64_t* high) {
    std::uint64_t products = 0;
    std::uint64_t ones = *low;
    std::uint64_t twos = *high;
    for (const MaskColumn& column : columns) {
        const std::uint64_t* const row = rows + column.row;
        const std::uint64_t first = row[0] & -std::uint64_t(column.taps & 1);
        const std::uint64_t second = row[1] & -std::uint64_t(column.taps >> 1 & 1);
        const std::uint64_t third = row[2] & -std::uint64_t(column.taps >> 2 & 1);
        const std::uint64_t half = first ^ second;
        const std::uint64_t one = half ^ third;
        const std::uint64_t two = (first & second) | (half & third);
        products += std::uint64_t(std::popcount(one) + 2 * std::popcount(two));
        ones |= one << shift;
        twos |= two << shift;
        *low = ones;
        *high = twos;
        shift += windows;
        if (shift >= kWordBits) {
            // What did not fit; a shift by a whole word is none.
            shift -= kWordBits;
            ones = one >> 1 >> (windows - shift - 1);
            twos = two >> 1 >> (windows - shift - 1);
            *++low = ones;
            *++high = twos;
        }
    }
    return products;
}

}  // namespace

void EntryStream::clear() {
    for (std::vector<std::uint64_t>& plane : planes_) {
        plane.clear();
    }
    used_ = kColumnPlanes;
    size_ = 0;
    products_ = 0;
}

// One word more than there are bits, so that bits() reads across the end.
void EntryStream::reserve(std::size_t windows) {
    for (int plane = 0; plane < used_; ++plane) {
        planes_[plane].resize(words_of(size_ + windows) + 1);
    }
}

void EntryStream::append(std::span<const std::uint64_t* const> masks, std::size_t windows) {
    if (masks.size() > 3) {
        used_ = kPlanes;
    }
    reserve(windows);
    std::uint64_t* to[kPlanes] = {};
    for (int plane = 0; plane < used_; ++plane) {
        to[plane] = planes_[plane].data() + size_ / kWordBits;
    }
    const std::size_t shift = size_ % kWordBits;
    products_ += used_ == kPlanes ? add_many(masks, windows, shift, to) : add_column(masks, windows, shift, to);
    size_ += windows;
}

void EntryStream::append(std::span<const MaskColumn> columns, const std::uint64_t* rows, std::size_t windows) {
    const bool narrow = used_ == kColumnPlanes && std::ranges::all_of(columns, [](const MaskColumn& column) {
                            return column.taps <= kColumnTaps;
                        });
    if (narrow && windows >= 1 && windows <= kWordBits) {
        reserve(columns.size() * windows);
        products_ += add_short_columns(columns, rows, windows, size_ % kWordBits, planes_[0].data() + size_ / kWordBits,
                                       planes_[1].data() + size_ / kWordBits);
        size_ += columns.size() * windows;
        return;
    }
    for (const MaskColumn& column : columns) {
        std::array<const std::uint64_t*, 15> masks{};
        std::size_t used = 0;
        for (std::uint32_t taps = column.taps; taps != 0; taps &= taps - 1) {
            masks[used++] = rows + (column.row + std::size_t(std::countr_zero(taps))) * words_of(windows);
        }
        append({masks.data(), used}, windows);
    }
}

int EntryStream::entry(std::size_t n) const {
    int entry = 0;
    for (int plane = 0; plane < kPlanes; ++plane) {
        entry += int(bits(plane, n, 1)) << plane;
    }
    return entry;
}

std::uint64_t EntryStream::bits(int plane, std::size_t first, std::size_t count) const {
    if (plane >= used_) {
        return 0;
    }
    const std::vector<std::uint64_t>& words = planes_[plane];
    const std::size_t place = first / kWordBits;
    const std::size_t shift = first % kWordBits;
    std::uint64_t found = words[place] >> shift;
    if (shift != 0) {
        found |= words[place + 1] << (kWordBits - shift);
    }
    return found & lowest(count);
}

}  // namespace nonzero::phantom
