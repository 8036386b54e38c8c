#include "models/scnn/parameters.h"

namespace nonzero::scnn {

void describe(ParameterTable& table, ScnnParameters& p) {
    table.integer("pe.rows", p.pe_rows, 1, 64, "PEs", "rows of the PE array", "scnn_facts.md 2.1");
    table.integer("pe.columns", p.pe_columns, 1, 64, "PEs", "columns of the PE array", "scnn_facts.md 2.1");
    table.integer("pe.f", p.f, 1, 16, "weights", "weights per vector of the multiplier array", "scnn_facts.md 2.1");
    table.integer("pe.i", p.i, 1, 16, "activations", "activations per vector of the multiplier array",
                  "scnn_facts.md 2.1");
    table.integer("pe.kc", p.kc, 1, 1024, "channels", "largest output-channel group", "scnn_facts.md 8.1");
    table.integer("accumulator.banks", p.accumulator_banks, 1, 1024, "banks", "accumulator banks per PE",
                  "scnn_facts.md 2.1");
    table.integer("accumulator.entries", p.accumulator_entries, 1, 1 << 20, "psums",
                  "entries of one of the two accumulator buffers", "scnn_facts.md 2.1");
    table.integer("accumulator.bits", p.accumulator_bits, 8, 63, "bits", "accumulator width, sums wrap",
                  "scnn_facts.md 2.1");
    table.choice<AccumulatorOverflow>(
        "accumulator.overflow", p.accumulator_overflow,
        {{"shrink_kc", AccumulatorOverflow::shrink_kc}, {"refuse", AccumulatorOverflow::refuse}},
        "pe.kc channels x a PE's outputs above accumulator.entries: fewer channels, or no such layer",
        "scnn_facts.md 8.2");
    table.integer("operand.bits", p.operand_bits, 2, 16, "bits", "width of a weight or activation",
                  "scnn_facts.md 2.1");
    pe_array::describe_stored_width(table, p);
    table.integer("crossbar.queue_depth", p.queue_depth, 1, 1024, "entries",
                  "queue in front of each bank; with crossbar.write = multiple", "scnn_facts.md 10.1");
    table.boolean("crossbar.queue_infinite", p.queue_infinite, "no bank model at all: equations (1)-(4)",
                  "scnn_facts.md 10.9.9");
    table.choice<BankHash>("crossbar.hash", p.bank_hash,
                           {{"h1", BankHash::h1}, {"h2", BankHash::h2}, {"h3", BankHash::h3}, {"h4", BankHash::h4}},
                           "bank of an output coordinate", "scnn_facts.md 3.1, 10.9.8");
    table.choice<CrossbarWrite>("crossbar.write", p.crossbar_write,
                                {{"multiple", CrossbarWrite::multiple}, {"single", CrossbarWrite::single}},
                                "entries that a queue takes in a cycle", "scnn_facts.md 10.1");
    table.boolean("compression.placeholders", p.placeholders, "4-bit zero runs with placeholders, else 16-bit runs",
                  "scnn_facts.md 10.9.5");
    table.integer("iaram.entries", p.iaram_entries, 1, 1 << 24, "entries",
                  "IARAM capacity per PE, reported when passed", "scnn_facts.md 2.1, 10.9.15");
    table.integer("oaram.entries", p.oaram_entries, 1, 1 << 24, "entries",
                  "OARAM capacity per PE, reported when passed", "scnn_facts.md 2.1");
    table.choice<WeightSkew>("weights.skew", p.weight_skew,
                             {{"unbounded", WeightSkew::unbounded}, {"fifo", WeightSkew::fifo}},
                             "how far a PE may run ahead of the slowest inside a group", "scnn_facts.md 10.2");
    table.integer("weights.fifo_entries", p.weight_fifo_entries, 1, 1 << 16, "vectors",
                  "weight FIFO, bounds the run-ahead with weights.skew = fifo", "scnn_facts.md 2.1");
    pe_array::describe_common(table, p);
}

}  // namespace nonzero::scnn
