#include "models/pe_array/parameters.h"

namespace nonzero::pe_array {

void describe_timing(ParameterTable& table, PeArrayParameters& p) {
    table.choice<MemoryTiming>("memory.timing", p.memory_timing,
                               {{"ideal", MemoryTiming::ideal}, {"modelled", MemoryTiming::modelled}},
                               "whether weight traffic costs time", "card 10.2");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "card 2.1");
    describe(table, p.dma);
}

}  // namespace nonzero::pe_array
