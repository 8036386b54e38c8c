#pragma once
// Memory of wide rows with one write port and several read ports, single- or double-banked: the block in which DeMM
// keeps a tile of B (demm_facts.md P2). A port moves one whole row per cycle, and a bank is read or written in a cycle,
// never both (port_schedule.h). Transactions carry bursts: a row for every cycle of their length. A burst that meets a
// busy port or bank waits; its delay then grows by the wait and its cycles. Data move when the burst is accepted.
//
// Counters: row_reads, row_writes, read_port_idle (cycles of read bursts without a read). A burst counts when it is
// accepted. Not modelled: the circuit (ports that are copies of the memory, or that share a word line).

#include <systemc>

#include <cstdint>
#include <deque>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/memory/port_schedule.h"
#include "models/memory/row_bursts.h"

namespace nonzero {

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
