#include "models/opu/parameters.h"

namespace nonzero::opu {

namespace {

constexpr int most_pes = 4096;
constexpr int widest = 256;

void describe_core(ParameterTable& table, const std::string& name, CoreShape& core, const std::string& width,
                   const std::string& source) {
    table.integer(name + ".pes", core.pes, 1, most_pes, "PEs", "PEs of the core, all alike", source);
    table.integer(name + "." + width, core.width, 1, widest, "multipliers",
                  width == "window" ? "pixels of a PE's window" : "input channels that a PE multiplies", source);
}

}  // namespace

std::vector<CoreShape> OpuParameters::core_shapes() const {
    switch (cores) {
        case Cores::heterogeneous:
            return {regular, depthwise};
        case Cores::homogeneous:
            return {core, core};
        case Cores::single:
            break;
    }
    return {core};
}

ClosedForm OpuParameters::form() const {
    ClosedForm form;
    form.bandwidth = bandwidth;
    form.overhead = overhead;
    form.operand_bytes = operand_bits / 8;
    form.input_bytes = input_bytes;
    form.residual_bytes = residual_bytes;
    return form;
}

OpuParameters single_core() {
    OpuParameters parameters;
    parameters.cores = Cores::single;
    return parameters;
}

OpuParameters homogeneous_pair() {
    OpuParameters parameters;
    parameters.cores = Cores::homogeneous;
    parameters.core.pes = 88;
    return parameters;
}

void describe(ParameterTable& table, OpuParameters& p) {
    if (p.cores == Cores::heterogeneous) {
        describe_core(table, "regular", p.regular, "width", "opu_facts.md S3");
        describe_core(table, "depthwise", p.depthwise, "window", "opu_facts.md S3");
    } else {
        table.choice<CoreKind>(
            "core.kind", p.core.kind, {{"regular", CoreKind::regular}, {"depthwise", CoreKind::depthwise}},
            "regular: channels side by side; depthwise: windows from a line buffer", "opu_facts.md 4");
        describe_core(table, "core", p.core, "width", "opu_facts.md 6.1");
    }
    describe_timing(table, p);
}

void describe_timing(ParameterTable& table, OpuParameters& p) {
    if (p.cores != Cores::single) {
        table.choice<Dram>("memory.dram", p.dram, {{"shared", Dram::shared}, {"own", Dram::own}},
                           "one DRAM for both cores, or one each", "opu_facts.md 11 rule 4");
    }
    table.integer("memory.bandwidth", p.bandwidth, 1, 64, "bytes/cycle", "of a DRAM", "opu_facts.md O1");
    table.boolean("memory.input_bytes", p.input_bytes, "strided layers are charged their whole input",
                  "opu_facts.md 11 rule 3");
    table.boolean("memory.residual_bytes", p.residual_bytes, "the other tensor of an addition is charged",
                  "opu_facts.md 11 rule 3");
    table.integer("timing.overhead", p.overhead, 0, 1000000, "cycles", "of each layer: fetch, fill, drain",
                  "opu_facts.md 4.3");
    table.integer("operand.bits", p.operand_bits, 8, 16, "bits",
                  "width of an operand, 8 or 16; 16 halve the rate and double the bytes", "opu_facts.md O4");
    table.integer("clock.period_ps", p.clock_period_ps, 1, 1000000, "ps", "clock period", "opu_facts.md S5");
}

}  // namespace nonzero::opu
