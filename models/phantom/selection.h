#pragma once
// The top-down selector: which entries of its look-ahead window a PE gives to its threads in a cycle (phantom_facts.md
// 9 rules 7 and 8, 9.4). Plain C++.

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/base/cycles.h"
#include "models/phantom/entry_stream.h"

namespace nonzero::phantom {

enum class Selector {
    in_order,      // stops at the first entry that does not fit
    out_of_order,  // passes over it
    best_fit       // the oldest, then the largest that fit
};

enum class Refill {
    batch,   // when every entry of the window is done
    sliding  // from the oldest entry that is not done
};

struct SelectionRules {
    int threads = 3;     // products of a PE and cycle
    int lookahead = 27;  // entries of the window, 1 .. kWordBits
    Selector selector = Selector::out_of_order;
    Refill refill = Refill::batch;
    bool split_entries = false;  // an entry's products may go to two cycles; batches only
    int most_entries = 9;        // that the L2 accumulators take of a PE and cycle
};

// The entries of a window that are not done, by the number of their products.
class EntryWindow {
  public:
    static constexpr int kLargestEntry = 9;

    // Entries first .. first + count - 1 of a stream; those without products are done.
    void load(const EntryStream& stream, std::size_t first, std::size_t count);
    // The window moves on by that many entries, which are done.
    void slide(std::size_t by);
    // Behind its first `place` entries those of the stream from `first` on.
    void add(const EntryStream& stream, std::size_t first, std::size_t count, std::size_t place);
    bool empty() const { return pending() == 0; }
    std::uint64_t pending() const;
    std::uint64_t holding(int products) const { return of_size_[std::size_t(products)]; }

    // What a PE takes in one cycle of the entries that may be taken; nothing is an empty mask.
    std::uint64_t take(const SelectionRules& rules, std::uint64_t allowed = ~std::uint64_t{0});

  private:
    std::uint64_t take_in_turn(const SelectionRules& rules, std::uint64_t allowed);
    std::uint64_t take_best(const SelectionRules& rules, std::uint64_t allowed);
    // The products of the entry of that one bit, which is taken out.
    int remove(std::uint64_t bit);

    std::array<std::uint64_t, kLargestEntry + 1> of_size_{};  // the first is not used
};

struct StreamTime {
    Cycles cycles = 0;
    Cycles zero_windows = 0;  // of these: no entry had a product
};

// A PE that works through entries begin .. end - 1 of its stream alone.
StreamTime stream_time(const EntryStream& stream, std::size_t begin, std::size_t end, const SelectionRules& rules);

}  // namespace nonzero::phantom
