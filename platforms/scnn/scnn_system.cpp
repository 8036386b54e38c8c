#include "platforms/scnn/scnn_system.h"

#include <fmt/format.h>

namespace nonzero::scnn {

namespace {

// The RAMs take whatever a layer needs, so that one that overflows its tile's capacity still runs and is reported
// (card 10.9 rule 15); storage is allocated as it is written.
constexpr std::uint64_t kSramRange = std::uint64_t{1} << 31;
// One vector of I values of 16 bits with their 4-bit runs (card 2.1: 10 bytes for I = 4).
unsigned vector_bytes(const ScnnParameters& parameters) {
    return unsigned((parameters.i * 20 + 7) / 8);
}

}  // namespace

ScnnSystem::ScnnSystem(const ScnnParameters& parameters, const TraceOptions& trace_options)
    : System(sc_core::sc_time(double(parameters.clock_period_ps), sc_core::SC_PS), trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      mesh_("mesh", {parameters.pe_rows, parameters.pe_columns}, clock(), statistics()),
      pool_mesh_("pool_mesh", {parameters.pe_rows, parameters.pe_columns}, clock(), statistics()) {
    for (int id = 0; id < parameters.pes(); ++id) {
        const auto n = std::size_t(id);
        const std::string place = fmt::format("{}_{}", id / parameters.pe_columns, id % parameters.pe_columns);
        const auto name = [&](const char* block) { return fmt::format("{}_{}", block, place); };
        Tile tile;
        tile.pe =
            std::make_unique<ProcessingElement>(name("pe").c_str(), id, parameters, clock(), statistics(), trace());
        tile.ppu = std::make_unique<PostProcessingUnit>(name("ppu").c_str(), parameters, statistics());
        const SramParameters sram{kSramRange, vector_bytes(parameters)};
        tile.iaram = std::make_unique<Sram>(name("iaram").c_str(), sram, clock(), statistics());
        tile.oaram = std::make_unique<Sram>(name("oaram").c_str(), sram, clock(), statistics());

        sequencer_.activations[n].bind(tile.pe->activations);
        sequencer_.control[n].bind(tile.pe->control);
        sequencer_.weights[n].bind(tile.pe->weights);
        sequencer_.read_out[n].bind(tile.ppu->read_out);
        tile.pe->psums_out.bind(mesh_.inject(id));
        mesh_.eject(id).bind(tile.pe->psums_in);
        tile.pe->outputs.bind(tile.ppu->psums);
        sequencer_.pooling.command[n].bind(tile.ppu->pooling.command);
        tile.ppu->pooling.values_out.bind(pool_mesh_.inject(id));
        pool_mesh_.eject(id).bind(tile.ppu->pooling.values_in);
        tile.pe->iaram.bind(tile.iaram->socket());
        tile.ppu->oaram.bind(tile.oaram->socket());
        tiles_.push_back(std::move(tile));
    }
    sequencer_.exchange.bind(mesh_.exchange);
    sequencer_.pooling.exchange.bind(pool_mesh_.exchange);
    add_host_side(sequencer_, parameters.dma);
}

}  // namespace nonzero::scnn
