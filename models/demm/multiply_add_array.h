#pragma once
// The N x C multipliers behind the read ports, C reduction trees and C accumulators (demm_facts.md P3, P6). For a block
// of rows it has all ports read the memory rows that the weights name, and hands the rows of sums to the output buffer;
// a row of more than k slots leaves a sum after every k of them (demm_facts.md 10.1). A target: it adds the block's
// slots to the delay; the D cycles of its pipeline are the sequencer's.
//
// Counters in MAC-cycles: busy (a multiplier works on a column that exists), column_fragment (it works on one behind
// the last), port_idle (its port has no weight). Others: products, row_jobs, beyond_k (rows of more than k slots).
// Wave: ports_busy, ports that read in this cycle.

#include <systemc>

#include <cstdint>
#include <vector>

#include "models/base/aligned_vector.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/demm/messages.h"
#include "models/demm/parameters.h"
#include "models/gemm/messages.h"
#include "models/memory/multi_port_memory.h"
#include "models/trace/trace.h"

namespace nonzero::demm {

class MultiplyAddArray : public sc_core::sc_module {
  public:
    MultiplyAddArray(sc_core::sc_module_name name, const DemmParameters& parameters, Statistics& statistics,
                     TracePlayer* trace);

    StreamTarget<RowBlock> rows;
    sc_core::sc_vector<StreamInitiator<RowReadBurst>> read;  // one per port of the memory
    StreamInitiator<gemm::PsumBlock> psums;

  private:
    void work(const RowBlock& block, sc_core::sc_time& delay);
    void read_rows(const RowBlock& block, sc_core::sc_time& delay);
    template <class Sum>
    void multiply(const RowBlock& block, AlignedVector<Sum>& sums);
    void send_counts(const RowBlock& block);
    void count(const RowBlock& block);
    void show(const PackedRows& packed, const sc_core::sc_time& begin);

    const DemmParameters parameters_;
    TracePlayer* trace_;
    std::vector<const std::int16_t*> operands_;  // [port][slot]
    std::vector<std::uint32_t> row_of_sum_;
    AlignedVector<std::int32_t> narrow_sums_;
    AlignedVector<double> wide_sums_;

    SignalId ports_busy_signal_;
    Counter& busy_;
    Counter& column_fragment_;
    Counter& port_idle_;
    Counter& products_;
    Counter& row_jobs_;
    Counter& beyond_k_;
};

}  // namespace nonzero::demm
