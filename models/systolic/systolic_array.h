#pragma once
// The array of multipliers with its multiplexers and adders, whichever of its operands stays in place. Slots come
// first, then the operands that stream past them (or, input-stationary, that the slots stream past); partial sums leave
// for the output buffer: after every pass where weights or inputs are stationary, else when an output has met all its
// slots. A target: the delay grows by the time in which operands move in and stream; fill and drain of the wavefront
// are the sequencer's.
//
// Counters in multiplier cycles: busy (a weight that is not 0 meets an operand), zero_weight (a slot without one does),
// edge (beyond the rows, slots or pixels of the pass). Others: products (busy + zero_weight: every multiplication for
// an output), passes. Wave: multipliers_used, those with a slot and an operand.

#include <systemc>

#include <cstdint>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/gemm/messages.h"
#include "models/systolic/messages.h"
#include "models/systolic/parameters.h"
#include "models/systolic/slot_products.h"
#include "models/trace/trace.h"

namespace nonzero::systolic {

class SystolicArray : public sc_core::sc_module {
  public:
    SystolicArray(sc_core::sc_module_name name, const ArrayParameters& parameters, const Clocking& clock,
                  Statistics& statistics, TracePlayer* trace);

    StreamTarget<SlotBlock> slots;
    StreamTarget<OperandBlock> operands;
    StreamInitiator<gemm::PsumBlock> psums;

  private:
    void place(const SlotBlock& block, sc_core::sc_time& delay);
    void stream(OperandBlock& block, sc_core::sc_time& delay);
    void multiply(OperandBlock& block);
    void count(OperandBlock& block);
    void show(const OperandBlock& block) const;

    const ArrayParameters parameters_;
    const Clocking& clock_;
    TracePlayer* trace_;
    // What stands on the array.
    const ArrayGeometry* geometry_ = nullptr;
    const Panel* panel_ = nullptr;
    PassJob job_;
    std::uint64_t weights_ = 0;
    bool counted_ = false;
    SlotProducts products_kernel_;

    SignalId used_signal_;
    Counter& busy_;
    Counter& zero_weight_;
    Counter& edge_;
    Counter& products_;
    Counter& passes_;
};

}  // namespace nonzero::systolic
