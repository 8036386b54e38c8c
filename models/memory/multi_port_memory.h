#pragma once
// Memory of wide rows with one write port and several read ports, single- or double-banked: the block in which DeMM
// keeps a tile of B (card P2). A port moves one whole row per cycle, and a bank is read or written in a cycle, never
// both (port_schedule.h). Transactions carry bursts: a row for every cycle of their length. A burst that meets a busy
// port or bank waits; its delay then grows by the wait and its cycles. Data move when the burst is accepted.
//
// Counters: row_reads, row_writes, read_port_idle (cycles of read bursts without a read). A burst counts when it is
// accepted. Not modelled: the circuit (ports that are copies of the memory, or that share a word line).

#include <systemc>

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "models/common/aligned_vector.h"
#include "models/common/clocking.h"
#include "models/common/statistics.h"
#include "models/common/stream.h"
#include "models/memory/port_schedule.h"

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

// Throws InputError for a parameter below 1 or too many rows. std::logic_error: a burst outside of the memory.
class MultiPortMemory : public sc_core::sc_module {
  public:
    MultiPortMemory(sc_core::sc_module_name name, const MultiPortMemoryParameters& parameters, const Clocking& clock,
                    Statistics& statistics);

    StreamTarget<RowWriteBurst> write;
    std::deque<StreamTarget<RowReadBurst>> read;  // one per port

  private:
    void do_write(const RowWriteBurst& burst, sc_core::sc_time& delay);
    void do_read(std::size_t port, RowReadBurst& burst, sc_core::sc_time& delay);
    std::size_t first_row_of(int bank) const { return std::size_t(bank) * std::size_t(parameters_.rows); }

    const MultiPortMemoryParameters parameters_;
    const Clocking& clock_;
    PortSchedule schedule_;
    std::size_t pitch_;  // words from one row to the next
    AlignedVector<std::int16_t> words_;
    std::vector<std::uint32_t> non_zeros_;  // of each row

    Counter& row_reads_;
    Counter& row_writes_;
    Counter& read_port_idle_;
};

}  // namespace nonzero
