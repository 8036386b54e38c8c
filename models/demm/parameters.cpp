#include "models/demm/parameters.h"

namespace nonzero::demm {

void describe(ParameterTable& table, DemmParameters& p) {
    table.integer("engine.n", p.n, 1, 128, "ports", "N: read ports of the memory, weights of a row per cycle",
                  "demm_facts.md P1");
    table.integer("engine.m", p.m, 1, 32768, "rows", "M: rows of the memory, columns of A in a tile",
                  "demm_facts.md P1");
    table.integer("engine.c", p.c, 1, 1024, "words", "C: words of a row, columns of B in a tile", "demm_facts.md P1");
    table.integer("engine.k", p.k, 1, 1024, "slots",
                  "k: slots of a row that one accumulation takes; denser rows take several and are counted (beyond_k)",
                  "demm_facts.md P1, 10.1");
    table.choice<Preload>(
        "engine.preload", p.preload,
        {{"serial", Preload::serial}, {"hidden", Preload::hidden}, {"naive", Preload::naive}},
        "next tile of B: after this one's last read, into a second bank meanwhile, or after this one's last result",
        "demm_facts.md D1, 10.1");
    table.choice<SlotsPerRow>(
        "engine.rho", p.rho, {{"pattern", SlotsPerRow::pattern}, {"per_row", SlotsPerRow::per_row}},
        "slots of a row: what the layer's pattern may need, where it has one, or what the row needs",
        "demm_facts.md D5, 10.1");
    table.integer("engine.pipeline_depth", p.pipeline_depth, 0, 64, "cycles",
                  "D: from the last slot to the last result", "demm_facts.md D4");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits",
                  "width of a weight or activation; 8-bit values less their zero point need 9", "demm_facts.md D15");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "demm_facts.md D15");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "demm_facts.md P13");
    describe(table, p.dma);
}

}  // namespace nonzero::demm
