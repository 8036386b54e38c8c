#include "platforms/demm/demm_system.h"

namespace nonzero::demm {

DemmSystem::DemmSystem(const DemmParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      activation_buffer_("activation_buffer", statistics()),
      memory_("memory", parameters.memory(), clock(), statistics()),
      row_streamer_("row_streamer", parameters, statistics()),
      array_("array", parameters, statistics(), trace()),
      output_buffer_("output_buffer", statistics()) {
    sequencer_.activations.bind(activation_buffer_.load);
    sequencer_.tiles.bind(activation_buffer_.tiles);
    sequencer_.outputs.bind(output_buffer_.control);
    sequencer_.weights.bind(row_streamer_.weights);
    sequencer_.jobs.bind(row_streamer_.jobs);
    sequencer_.preload.bind(memory_.write);
    row_streamer_.rows.bind(array_.rows);
    for (std::size_t port = 0; port < array_.read.size(); ++port) {
        array_.read[port].bind(memory_.read[port]);
    }
    array_.psums.bind(output_buffer_.psums);
    add_host_side(sequencer_, parameters.dma);
}

}  // namespace nonzero::demm
