#pragma once
// The memory of wide rows (multi_port_memory.h) as its users see it: its size, and the bursts of rows that they send.
// Plain C++.

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/base/cycles.h"

namespace nonzero {

struct MultiPortMemoryParameters {
    int read_ports = 8;
    int rows = 128;  // of a bank, up to 65535
    int words = 64;  // of a row, 16 bits each
    int banks = 1;
};

// A row each cycle through the write port: rows first_row, first_row + 1, …
struct RowWriteBurst {
    int bank = 0;
    int first_row = 0;
    int rows = 0;
    int words = 0;                       // of each row; the rest of the row becomes 0
    const std::int16_t* data = nullptr;  // null: only time passes and is counted
    std::size_t row_stride = 0;          // elements of data from one row to the next
    bool discard = false;                // instead: ports and banks are free at once (abort, reset); the rows stay
    std::uint64_t payload_bytes() const { return std::uint64_t(rows) * std::uint64_t(words) * sizeof(std::int16_t); }
};

// At most a row each cycle through one read port.
struct RowReadBurst {
    static constexpr std::uint16_t kNoRead = 0xFFFF;

    int bank = 0;
    int words = 0;                        // that the reader uses of each row
    Cycles cycles = 0;                    // length of the burst
    std::uint64_t reads = 0;              // of these; with rows: the number that are no kNoRead
    std::span<const std::uint16_t> rows;  // for each cycle the row or kNoRead; empty: only time passes and is counted
    // Result, as long as rows: where the row of each cycle begins, null without a read. Rows lie on cache lines,
    // followed by zeros up to a multiple of 32 words; valid until the bank is written again.
    std::span<const std::int16_t*> data;
    std::uint64_t non_zeros = 0;  // result: words that are not 0 in all rows read

    std::uint64_t payload_bytes() const { return reads * std::uint64_t(words) * sizeof(std::int16_t); }
};

}  // namespace nonzero
