#include "tests/toy_machine/parameters.h"

namespace nonzero::toy {

void describe(ParameterTable& table, ToyParameters& p) {
    table.integer("engine.lanes", p.lanes, 1, 1024, "multipliers", "N: products of a cycle", "README.md");
    table.integer("engine.pipeline_depth", p.pipeline_depth, 0, 64, "cycles", "D: from the last slot to its sum",
                  "README.md");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits", "width of a weight or activation", "README.md");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap", "README.md");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "README.md");
    describe(table, p.dma);
}

}  // namespace nonzero::toy
