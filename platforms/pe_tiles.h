#pragma once
// The grid of an array of PEs: each PE with its IARAM, OARAM and post-processing unit, bound to the array's sequencer
// and to a mesh between the post-processing units for pooling.

#include <fmt/format.h>

#include <memory>
#include <string>

#include "models/base/module_list.h"
#include "models/memory/sram.h"
#include "models/noc/mesh_noc.h"
#include "platforms/system.h"

namespace nonzero::pe_array {

// Pe and Ppu are built from (name, [id,] Parameters, …) and have the sockets that the loop binds.
template <class Pe, class Ppu>
class PeTiles {
  public:
    // vector_bytes: that a PE reads of its IARAM in a cycle.
    template <class Parameters, class Sequencer>
    PeTiles(const Parameters& parameters, unsigned vector_bytes, Sequencer& sequencer, const Clocking& clock,
            Statistics& statistics, TracePlayer* trace)
        : pool_mesh_("pool_mesh", {parameters.pe_rows, parameters.pe_columns}, clock, statistics) {
        const SramParameters sram{kSramRange, vector_bytes};
        for (int id = 0; id < parameters.pes(); ++id) {
            const auto n = std::size_t(id);
            const auto name = [&](const char* block) {
                return fmt::format("{}_{}_{}", block, id / parameters.pe_columns, id % parameters.pe_columns);
            };
            Tile& tile = tiles_.add();
            tile.pe = std::make_unique<Pe>(name("pe").c_str(), id, parameters, clock, statistics, trace);
            tile.ppu = std::make_unique<Ppu>(name("ppu").c_str(), parameters, statistics);
            tile.iaram = std::make_unique<Sram>(name("iaram").c_str(), sram, clock, statistics);
            tile.oaram = std::make_unique<Sram>(name("oaram").c_str(), sram, clock, statistics);
            sequencer.activations[n].bind(tile.pe->activations);
            sequencer.control[n].bind(tile.pe->control);
            sequencer.weights[n].bind(tile.pe->weights);
            sequencer.read_out[n].bind(tile.ppu->read_out);
            tile.pe->outputs.bind(tile.ppu->psums);
            sequencer.pooling.command[n].bind(tile.ppu->pooling.command);
            tile.ppu->pooling.values_out.bind(pool_mesh_.inject(id));
            pool_mesh_.eject(id).bind(tile.ppu->pooling.values_in);
            tile.pe->iaram.bind(tile.iaram->socket());
            tile.ppu->oaram.bind(tile.oaram->socket());
        }
        sequencer.pooling.exchange.bind(pool_mesh_.exchange);
    }

    Pe& pe(int id) { return *tiles_[std::size_t(id)].pe; }

  private:
    // The RAMs take whatever a layer needs, so that one that does not fit still runs and is reported
    // (scnn_facts.md 10.9 rule 15); storage is allocated as it is written.
    static constexpr std::uint64_t kSramRange = std::uint64_t{1} << 31;

    struct Tile {
        std::unique_ptr<Pe> pe;
        std::unique_ptr<Ppu> ppu;
        std::unique_ptr<Sram> iaram;
        std::unique_ptr<Sram> oaram;
    };
    MeshNoc pool_mesh_;  // finished outputs
    ModuleList<Tile> tiles_;
};

}  // namespace nonzero::pe_array
