#include "models/dense/parameters.h"

namespace nonzero::dense {

void describe(ParameterTable& table, DenseParameters& p) {
    if (p.dataflow == Dataflow::ideal) {
        table.integer("engine.multipliers", p.ideal_multipliers, 1, 65536, "multipliers", "products of a cycle",
                      "phantom_facts.md 9.7");
    } else {
        table.integer("lanes.rows", p.row_lanes, 1, 256, "lanes",
                      "row lanes: output rows, or pixels, that are worked side by side", "phantom_facts.md 9.7");
        table.integer("lanes.filters", p.filter_lanes, 1, 256, "lanes",
                      "filter lanes: filters that are worked side by side", "phantom_facts.md 9.7");
    }
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits", "width of a weight or activation",
                  "phantom_facts.md 9 rule 12");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "phantom_facts.md 9 rule 12");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "assumption");
    describe(table, p.dma);
}

}  // namespace nonzero::dense
