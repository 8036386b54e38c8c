#include "platforms/dcnn/dcnn_system.h"

namespace nonzero::dcnn {

DcnnSystem::DcnnSystem(const DcnnParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      // One vector of 16-bit activations per cycle.
      tiles_(parameters, unsigned(parameters.multipliers) * 2, sequencer_, clock(), statistics(), trace()) {
    add_host_side(sequencer_, parameters.dma);
}

}  // namespace nonzero::dcnn
