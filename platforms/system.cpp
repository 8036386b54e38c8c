#include "platforms/system.h"

namespace nonzero {

System::System(int clock_period_ps, const TraceOptions& trace)
    : clock_(whole_ticks(clock_period_ps, "clock.period_ps")) {
    if (trace.enabled()) {
        trace_ = std::make_unique<TracePlayer>("trace", clock_, trace);
    }
}

void System::add_host_side(Engine& engine, const DmaParameters& dma) {
    dma_ = std::make_unique<DmaEngine>("dma_engine", dma, clock_, statistics_);
    command_processor_ = std::make_unique<CommandProcessor>("command_processor", clock_, engine,
                                                            std::vector<DmaControl>{dma_->control()}, statistics_);
    command_processor_->dma_commands[0].bind(dma_->commands);
}

}  // namespace nonzero
