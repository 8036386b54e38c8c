#include "models/sparten/parameters.h"

namespace nonzero::sparten {

void describe(ParameterTable& table, SpartenParameters& p) {
    table.integer("clusters", p.clusters, 1, 1024, "clusters", "clusters, with output cells of their own",
                  "phantom_facts.md 9.5 rule 5");
    table.integer("units", p.units, 1, 1024, "units", "compute units of a cluster, a multiplier each",
                  "phantom_facts.md 9.5 rule 2");
    table.integer("chunk.positions", p.chunk_positions, 1, 4096, "positions", "bits of a chunk's mask",
                  "phantom_facts.md 9.5 rule 1");
    table.choice<Balancing>("balancing", p.balancing,
                            {{"none", Balancing::none}, {"gb_s", Balancing::gb_s}, {"gb_h", Balancing::gb_h}},
                            "greedy balancing of filters over units: none, by whole filters, or chunk by chunk",
                            "phantom_facts.md 9.5 rule 2");
    table.choice<Barrier>("barrier", p.barrier, {{"chunk", Barrier::chunk}, {"cell", Barrier::cell}},
                          "where the units of a cluster wait for each other", "phantom_facts.md 9.5 rule 4");
    table.integer("start", p.start, 0, 1000, "cycles", "in front of every chunk of a filter",
                  "phantom_facts.md 9.5 rule 3");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits",
                  "width of a weight or activation; 8-bit values less their zero point need 9",
                  "phantom_facts.md 9 rule 12");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "phantom_facts.md 9 rule 12");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period: an assumption, none is known",
                  "docs/models/sparten.md");
    describe(table, p.dma);
}

}  // namespace nonzero::sparten
