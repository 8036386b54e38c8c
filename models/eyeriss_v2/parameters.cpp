#include "models/eyeriss_v2/parameters.h"

namespace nonzero::eyeriss_v2 {

void describe(ParameterTable& table, EyerissV2Parameters& p) {
    table.integer("clusters.rows", p.cluster_rows, 1, 64, "clusters",
                  "rows of clusters, with input channels of their own", "phantom_facts.md 9.6 rule 1");
    table.integer("clusters.columns", p.cluster_columns, 1, 64, "clusters",
                  "columns of clusters, with filters of their own", "phantom_facts.md 9.6 rule 1");
    table.integer("pe.rows", p.pe_rows, 1, 16, "PEs", "rows of PEs in a cluster, with kernel rows of their own",
                  "phantom_facts.md 9.6 rule 1");
    table.integer("pe.columns", p.pe_columns, 1, 16, "PEs",
                  "columns of PEs in a cluster, with output rows of their own", "phantom_facts.md 9.6 rule 1");
    table.integer("pe.simd", p.simd, 1, 16, "multipliers", "multipliers of a PE, which share an input",
                  "phantom_facts.md 9.6 rule 2");
    table.integer("pe.filters", p.filters, 1, 1024, "filters", "filters of a PE in a pass (M0)",
                  "phantom_facts.md 9.6 rule 1");
    table.integer("empty_column", p.empty_column, 0, 1000, "cycles", "of a non-zero input that meets no weight",
                  "phantom_facts.md 9.6 rule 2");
    table.integer("fill", p.fill, 0, 1000, "cycles", "of every pass, until its first product is added",
                  "phantom_facts.md 9.6 rule 3");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits",
                  "width of a weight or activation; 8-bit values less their zero point need 9",
                  "phantom_facts.md 9 rule 12");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "phantom_facts.md 9 rule 12");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "phantom_facts.md 4.2");
    describe(table, p.dma);
}

}  // namespace nonzero::eyeriss_v2
