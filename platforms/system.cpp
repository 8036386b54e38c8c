#include "platforms/system.h"

#include <string>

namespace nonzero {

System::System(int clock_period_ps, const TraceOptions& trace)
    : clock_(whole_ticks(clock_period_ps, "clock.period_ps")) {
    if (trace.enabled()) {
        trace_ = std::make_unique<TracePlayer>("trace", clock_, trace);
    }
}

void System::add_host_side(Engine& engine, const DmaParameters& dma, int ports, int bus_bytes_per_cycle) {
    engine_ = &engine;
    std::vector<DmaControl> control;
    for (int port = 0; port < ports; ++port) {
        const std::string name = ports == 1 ? "dma_engine" : "dma_engine_" + std::to_string(port);
        dma_.push_back(std::make_unique<DmaEngine>(name.c_str(), dma, clock_, statistics_));
        control.push_back(dma_.back()->control());
    }
    if (ports > 1) {
        arbiter_ = std::make_unique<BurstArbiter>("arbiter", bus_bytes_per_cycle, clock_, statistics_);
    }
    command_processor_ = std::make_unique<CommandProcessor>("command_processor", clock_, engine, control, statistics_);
    for (std::size_t port = 0; port < dma_.size(); ++port) {
        command_processor_->dma_commands[port].bind(dma_[port]->commands);
        if (arbiter_) {
            dma_[port]->memory.bind(arbiter_->requesters);
        }
    }
}

}  // namespace nonzero
