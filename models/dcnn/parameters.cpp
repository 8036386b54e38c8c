#include "models/dcnn/parameters.h"

namespace nonzero::dcnn {

void describe(ParameterTable& table, DcnnParameters& p) {
    table.integer("pe.rows", p.pe_rows, 1, 64, "PEs", "rows of the PE array", "scnn_facts.md 2.3");
    table.integer("pe.columns", p.pe_columns, 1, 64, "PEs", "columns of the PE array", "scnn_facts.md 2.3");
    table.integer("pe.multipliers", p.multipliers, 1, 256, "products", "products that a PE adds up in a slot",
                  "scnn_facts.md 2.3, 10.7");
    table.integer("pe.kc", p.kc, 1, 1024, "channels", "output channels that a fetched activation vector meets",
                  "scnn_facts.md 8.1");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "scnn_facts.md 2.1");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits", "width of a weight or activation",
                  "scnn_facts.md 2.1");
    pe_array::describe_stored_width(table, p);
    table.integer("activation.sram_kib", p.activation_sram_kib, 1, 1 << 20, "KiB",
                  "activation RAM of all PEs; layers that do not fit pass through DRAM", "scnn_facts.md 2.3");
    pe_array::describe_common(table, p);
}

}  // namespace nonzero::dcnn
