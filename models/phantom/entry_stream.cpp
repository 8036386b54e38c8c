#include "models/phantom/entry_stream.h"

#include <algorithm>
#include <bit>

namespace nonzero::phantom {

namespace {

constexpr std::uint64_t lowest(std::size_t bits) {
    return bits >= kWordBits ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

}  // namespace

void EntryStream::clear() {
    for (std::vector<std::uint64_t>& plane : planes_) {
        plane.clear();
    }
    size_ = 0;
    products_ = 0;
}

void EntryStream::append(std::span<const std::uint64_t* const> masks, std::size_t windows) {
    // One word more than there are bits, so that bits() reads across the end.
    for (std::vector<std::uint64_t>& plane : planes_) {
        plane.resize(words_of(size_ + windows) + 1);
    }
    for (std::size_t word = 0; word < words_of(windows); ++word) {
        append_word(masks, word, std::min<std::size_t>(kWordBits, windows - word * kWordBits));
    }
}

void EntryStream::append_word(std::span<const std::uint64_t* const> masks, std::size_t word, std::size_t windows) {
    std::uint64_t sums[kPlanes] = {};
    for (const std::uint64_t* const mask : masks) {
        std::uint64_t carry = mask[word] & lowest(windows);
        products_ += std::uint64_t(std::popcount(carry));
        for (std::uint64_t& sum : sums) {
            const std::uint64_t both = sum & carry;
            sum ^= carry;
            carry = both;
        }
    }
    const std::size_t place = size_ / kWordBits;
    const std::size_t shift = size_ % kWordBits;
    for (int plane = 0; plane < kPlanes; ++plane) {
        planes_[plane][place] |= sums[plane] << shift;
        if (shift != 0) {
            planes_[plane][place + 1] |= sums[plane] >> (kWordBits - shift);
        }
    }
    size_ += windows;
}

int EntryStream::entry(std::size_t n) const {
    int entry = 0;
    for (int plane = 0; plane < kPlanes; ++plane) {
        entry += int(bits(plane, n, 1)) << plane;
    }
    return entry;
}

std::uint64_t EntryStream::bits(int plane, std::size_t first, std::size_t count) const {
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
