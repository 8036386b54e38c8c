#include "platforms/systolic/systolic_system.h"

namespace nonzero::systolic {

SystolicSystem::SystolicSystem(const ArrayParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      activation_buffer_("activation_buffer", statistics()),
      weight_buffer_("weight_buffer", parameters, statistics()),
      array_("array", parameters, clock(), statistics(), trace()),
      output_buffer_("output_buffer", statistics()) {
    sequencer_.activations.bind(activation_buffer_.load);
    sequencer_.tiles.bind(activation_buffer_.tiles);
    sequencer_.outputs.bind(output_buffer_.control);
    sequencer_.weights.bind(weight_buffer_.load);
    sequencer_.slots.bind(weight_buffer_.requests);
    sequencer_.operands.bind(array_.operands);
    weight_buffer_.slots.bind(array_.slots);
    array_.psums.bind(output_buffer_.psums);
    add_host_side(sequencer_, parameters.dma);
}

}  // namespace nonzero::systolic
