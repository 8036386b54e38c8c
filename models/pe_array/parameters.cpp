#include "models/pe_array/parameters.h"

namespace nonzero::pe_array {

void describe_common(ParameterTable& table, PeArrayParameters& p) {
    table.choice<LayoutChoice>(
        "matmul.layout", p.product_layout,
        {{"auto", LayoutChoice::automatic}, {"positions", LayoutChoice::positions}, {"neurons", LayoutChoice::neurons}},
        "rows of a matrix product as positions over PEs, or its outputs as neurons over PEs", "docs/models/scnn.md");
    table.choice<MemoryTiming>("memory.timing", p.memory_timing,
                               {{"ideal", MemoryTiming::ideal}, {"modelled", MemoryTiming::modelled}},
                               "whether weight traffic costs time", "card 10.2");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "card 2.1");
    describe(table, p.dma);
}

}  // namespace nonzero::pe_array
