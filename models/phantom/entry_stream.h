#pragma once
// The work of one PE in the order in which it meets it: an entry is the number of products of one window in one column
// (phantom_facts.md 9 rule 6), found as the look-ahead mask unit finds it, by ANDing masks and counting. Many windows
// side by side: entries are held as bit planes and added by bitwise adders. Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/masked/bit_words.h"

namespace nonzero::phantom {

// Bits a word of a mask or of a bit plane holds, the first one lowest.
using masked::kWordBits;
using masked::words_of;

// A column of a plane: the rows of the masks whose products meet in it.
struct MaskColumn {
    std::uint32_t row = 0;   // the first one it may have
    std::uint32_t taps = 0;  // bit n: row + n is one of them
};

class EntryStream {
  public:
    // Three products at most: a column of a PE with three threads. Nine: a whole window on one PE of nine.
    static constexpr int kPlanes = 4;
    static constexpr int kColumnPlanes = 2;

    void clear();
    // The entries of that many windows: window x has the products of the masks that hold bit x. masks: words of
    // words_of(windows) each, at most fifteen; without any all entries are zero.
    void append(std::span<const std::uint64_t* const> masks, std::size_t windows);
    // The same of one column after another. rows: of words_of(windows) words each, no bit behind the last window.
    void append(std::span<const MaskColumn> columns, const std::uint64_t* rows, std::size_t windows);

    std::size_t size() const { return size_; }
    std::uint64_t products() const { return products_; }
    int entry(std::size_t n) const;
    // Bit planes that may hold a bit: kColumnPlanes unless more than three masks met.
    int planes() const { return used_; }
    // Words of a plane; one behind the last entry's can be read.
    const std::uint64_t* plane(int plane) const { return planes_[plane].data(); }
    // Bit `plane` of the entries first .. first + count - 1, at most kWordBits of them.
    std::uint64_t bits(int plane, std::size_t first, std::size_t count) const;

  private:
    void reserve(std::size_t windows);

    std::vector<std::uint64_t> planes_[kPlanes];
    int used_ = kColumnPlanes;
    std::size_t size_ = 0;
    std::uint64_t products_ = 0;
};

}  // namespace nonzero::phantom
