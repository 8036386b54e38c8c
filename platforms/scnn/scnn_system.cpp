#include "platforms/scnn/scnn_system.h"

namespace nonzero::scnn {

namespace {

// One vector of I values of 16 bits with their 4-bit runs (card 2.1: 10 bytes for I = 4).
unsigned vector_bytes(const ScnnParameters& parameters) {
    return unsigned((parameters.i * 20 + 7) / 8);
}

}  // namespace

ScnnSystem::ScnnSystem(const ScnnParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      mesh_("mesh", {parameters.pe_rows, parameters.pe_columns}, clock(), statistics()),
      tiles_(parameters, vector_bytes(parameters), sequencer_, clock(), statistics(), trace()) {
    for (int id = 0; id < parameters.pes(); ++id) {
        tiles_.pe(id).psums_out.bind(mesh_.inject(id));
        mesh_.eject(id).bind(tiles_.pe(id).psums_in);
    }
    sequencer_.exchange.bind(mesh_.exchange);
    add_host_side(sequencer_, parameters.dma);
}

}  // namespace nonzero::scnn
