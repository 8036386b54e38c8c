#pragma once
// Base of every platform's inside: clock, statistics, waves, DMA engine and command processor are the same for all; a
// platform adds its Engine and the modules around it.

#include <systemc>

#include <memory>
#include <vector>

#include "models/base/parameters.h"
#include "models/base/statistics.h"
#include "models/dma/dma.h"
#include "models/host/command_processor.h"
#include "models/memory/burst_arbiter.h"
#include "models/trace/trace.h"

namespace nonzero {

class System {
  public:
    virtual ~System() = default;

    const Clocking& clock() const { return clock_; }
    Statistics& statistics() { return statistics_; }
    TracePlayer* trace() { return trace_.get(); }
    // All of the platform's traffic with memory: of the DMA engine, or of the arbiter in front of several.
    tlm::tlm_initiator_socket<32>& memory() { return arbiter_ ? arbiter_->memory : dma_.front()->memory; }
    CommandProcessor& command_processor() { return *command_processor_; }
    // Threads that kernels share.
    void run_on(ThreadPool& threads) { engine_->run_on(threads); }

  protected:
    System(int clock_period_ps, const TraceOptions& trace);
    // Called once by the derived class, inside the platform's module scope, when its engine stands. An engine with
    // several ports (WorkContext) gets a DMA engine for each, on a bus of that width.
    void add_host_side(Engine& engine, const DmaParameters& dma, int ports = 1, int bus_bytes_per_cycle = 64);

  private:
    Clocking clock_;
    Statistics statistics_;
    std::unique_ptr<TracePlayer> trace_;
    std::vector<std::unique_ptr<DmaEngine>> dma_;  // by port
    std::unique_ptr<BurstArbiter> arbiter_;        // of several
    Engine* engine_ = nullptr;
    std::unique_ptr<CommandProcessor> command_processor_;
};

}  // namespace nonzero
