#pragma once
// The records of several blocks that interleave in time, merged into one sequence: by time, at equal times by the order
// in which the blocks came, inside a block by the order of its records. Plain C++; times are ticks of the caller's
// unit.
//
// Only the window [begin, end) is kept. Of what happens before it one value per signal remains, which is due at `begin`
// unless it is 0 (the value that every signal starts with); what happens at `end` or later is dropped.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/trace/trace.h"

namespace nonzero {

class ReplayQueue {
  public:
    using Ticks = std::uint64_t;
    static constexpr Ticks kNever = ~Ticks{0};

    // period: ticks per cycle
    ReplayQueue(Ticks period, Ticks window_begin, Ticks window_end)
        : period_(period), window_begin_(window_begin), window_end_(window_end) {}

    // Records in any order of their offsets; those of kNoSignal are skipped.
    void add(Ticks start, const std::vector<TraceRecord>& records);
    void discard();
    Ticks next() const;  // when the next record is due, kNever without any

    // Removes what is due at `now` or before and calls apply(signal, value) for each, in order.
    template <class Apply>
    void take_until(Ticks now, Apply apply) {
        if (now >= window_begin_) {
            for (SignalId signal = 0; signal < early_.size(); ++signal) {
                if (early_[signal].value != 0) {
                    apply(signal, early_[signal].value);
                }
            }
            early_.clear();
        }
        while (!blocks_.empty() && blocks_.front().due <= now) {
            Block block = take_first();
            const Cycles offset = block.records[block.position].offset;
            while (block.position < block.records.size() && block.records[block.position].offset == offset) {
                apply(block.records[block.position].signal, block.records[block.position].value);
                ++block.position;
            }
            put(std::move(block));
        }
    }

  private:
    struct Block {
        Ticks start = 0;
        Ticks due = 0;  // of the next record
        std::uint64_t order = 0;
        std::size_t position = 0;          // of the next record
        std::vector<TraceRecord> records;  // by offset
    };
    struct Early {
        Ticks time = 0;
        std::uint64_t value = 0;
    };

    static bool later(const Block& a, const Block& b) { return a.due != b.due ? a.due > b.due : a.order > b.order; }
    Block take_first();
    void put(Block block);  // unless it is used up

    Ticks period_;
    Ticks window_begin_;
    Ticks window_end_;
    std::vector<Block> blocks_;  // heap, the first due at the front
    std::vector<Early> early_;   // by signal: the latest value before the window
    std::uint64_t next_order_ = 0;
};

}  // namespace nonzero
