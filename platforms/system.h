#pragma once
// Base of every platform's inside: clock, statistics, waves, DMA engine and command processor are the same for all; a
// platform adds its Engine and the modules around it.

#include <systemc>

#include <memory>

#include "models/base/parameters.h"
#include "models/base/statistics.h"
#include "models/dma/dma.h"
#include "models/host/command_processor.h"
#include "models/trace/trace.h"

namespace nonzero {

class System {
  public:
    virtual ~System() = default;

    const Clocking& clock() const { return clock_; }
    Statistics& statistics() { return statistics_; }
    TracePlayer* trace() { return trace_.get(); }
    DmaEngine& dma() { return *dma_; }
    CommandProcessor& command_processor() { return *command_processor_; }

  protected:
    System(int clock_period_ps, const TraceOptions& trace);
    // Called once by the derived class, inside the platform's module scope, when its engine stands.
    void add_host_side(Engine& engine, const DmaParameters& dma);

  private:
    Clocking clock_;
    Statistics statistics_;
    std::unique_ptr<TracePlayer> trace_;
    std::unique_ptr<DmaEngine> dma_;
    std::unique_ptr<CommandProcessor> command_processor_;
};

}  // namespace nonzero
