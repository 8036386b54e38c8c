#include "models/pe_array/parameters.h"

#include <fmt/format.h>

#include "workloads/error.h"

namespace nonzero::pe_array {

void describe_stored_width(ParameterTable& table, PeArrayParameters& p) {
    table.integer("dram.operand_bits", p.dram_operand_bits, 2, 16, "bits",
                  "width of an operand as it is stored in DRAM, operand.bits at least", "scnn_facts.md 8.19");
}

void check_widths(const PeArrayParameters& p) {
    if (p.dram_operand_bits < p.operand_bits) {
        throw InputError(
            fmt::format("dram.operand_bits = {} is below operand.bits = {}: operands do not fit where they are stored; "
                        "lower operand.bits as well",
                        p.dram_operand_bits, p.operand_bits));
    }
}

void describe_common(ParameterTable& table, PeArrayParameters& p) {
    table.choice<LayoutChoice>(
        "matmul.layout", p.product_layout,
        {{"auto", LayoutChoice::automatic}, {"positions", LayoutChoice::positions}, {"neurons", LayoutChoice::neurons}},
        "rows of a matrix product as positions over PEs, or its outputs as neurons over PEs", "docs/models/scnn.md");
    table.choice<MemoryTiming>("memory.timing", p.memory_timing,
                               {{"ideal", MemoryTiming::ideal}, {"modelled", MemoryTiming::modelled}},
                               "whether weight traffic costs time", "scnn_facts.md 10.2");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "scnn_facts.md 2.1");
    describe(table, p.dma);
}

}  // namespace nonzero::pe_array
