#pragma once
// A Phantom core: weights and activations come as masks with packed values; the entries of its PEs' look-ahead windows
// are found in the ANDed masks (core_schedule.h), the products of the non-zeros are added up to the partial sums of
// its windows (core_operands.h), and the sums leave for the output encoder at the end of the job. One block so far:
// look-ahead mask units, selectors, thread mapper, PEs, L1, output buffer and L2 have their time and their values, and
// no sockets of their own.
//
// Counters, PE cycles by cause: busy, stall, core_barrier, mesh_barrier, idle, fill; further products, products_useful,
// entries, zero_batches, sums. Wave: busy, while any PE of the core works on its task.

#include <systemc>

#include <memory>
#include <vector>

#include "models/base/clocking.h"
#include "models/base/statistics.h"
#include "models/base/stream.h"
#include "models/phantom/messages.h"
#include "models/trace/trace.h"

namespace nonzero::phantom {

class Core : public sc_core::sc_module {
  public:
    Core(sc_core::sc_module_name name, const Clocking& clock, Statistics& statistics, TracePlayer* trace);

    StreamTarget<OperandBlock> weights;
    StreamTarget<OperandBlock> activations;
    StreamTarget<CoreCommand> control;
    StreamInitiator<masked::OutputSums> sums;

  private:
    void take(const OperandBlock& block);
    void command(CoreCommand& command, sc_core::sc_time& delay);
    void work(CoreCommand& command, sc_core::sc_time& delay);
    CoreTime schedule(std::size_t planes, std::size_t windows);
    void settle(const CoreCommand& command);
    void discard();

    const Clocking& clock_;
    TracePlayer* trace_;
    const LayerPlan* plan_ = nullptr;
    std::shared_ptr<const StationaryOperand> stationary_;
    std::shared_ptr<const MovingOperand> moving_;
    CoreSchedule schedule_;
    const CoreTask* task_ = nullptr;  // of the job, if it has one
    CoreTime time_;
    std::vector<std::int64_t> sums_;

    SignalId busy_signal_;
    Counter& busy_;
    Counter& stall_;
    Counter& core_barrier_;
    Counter& mesh_barrier_;
    Counter& idle_;
    Counter& fill_;
    Counter& products_;
    Counter& useful_;
    Counter& entries_;
    Counter& zero_batches_;
    Counter& outputs_;
};

}  // namespace nonzero::phantom
