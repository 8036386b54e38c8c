#include "platforms/demm/demm_platform.h"

#include "models/demm/messages.h"
#include "platforms/demm/demm_lowering.h"
#include "platforms/demm/demm_system.h"
#include "platforms/gemm/gemm_costs.h"

namespace nonzero::demm {

namespace {

struct Parameters : PlatformParameters {
    Parameters() { describe(table, values); }
    DemmParameters values;
};

const DemmParameters& values_of(const PlatformParameters& parameters) {
    return dynamic_cast<const Parameters&>(parameters).values;
}

PlatformReport report_of(const DemmParameters& values) {
    PlatformReport report;
    report.units = values.multipliers();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "array.busy"},
                              {"column_fragment", "array.column_fragment"},
                              {"port_idle", "array.port_idle"},
                              {"preload", "sequencer.preload"},
                              {"drain", "sequencer.drain"}};
    report.traffic = gemm_traffic("sequencer");
    report.traffic.insert(report.traffic.end(), {{"memory_row_reads", "memory.row_reads"},
                                                 {"memory_row_writes", "memory.row_writes"},
                                                 {"weight_stream_bytes", "row_streamer.entry_bytes"},
                                                 {"rows_beyond_k", "array.beyond_k"}});
    report.other_rules = {{"issue", "row_streamer.slots", 1, "issue slots alone: preload hidden at no cost, no drain"}};

    const double row_bits = double(values.c) * values.operand_bits;
    const double bank_bytes = double(values.m) * row_bits / 8;
    report.energy = gemm_energy(values.widths(), "sequencer");
    report.energy.insert(report.energy.end(),
                         {{"multipliers", "array.products", EnergyEvent::multiply, double(values.operand_bits)},
                          // A tree of N inputs adds N - 1 times, the accumulator behind it once more.
                          {"adders", "array.products", EnergyEvent::add, double(values.accumulator_bits)},
                          {"memory", "memory.row_reads", EnergyEvent::sram, row_bits, bank_bytes},
                          {"memory", "memory.row_writes", EnergyEvent::sram, row_bits, bank_bytes},
                          {"weight_buffer", "row_streamer.entry_bytes", EnergyEvent::sram, 8, kWeightBufferBytes}});
    return report;
}

}  // namespace

PlatformKind demm_platform() {
    return {"demm",
            "DeMM (CAL 2024): a memory of N read ports feeds N x C multiply-add units, relaxed N:M sparse weights",
            [] { return std::make_unique<Parameters>(); },
            [](const PlatformParameters& parameters, const TraceOptions& trace) -> std::unique_ptr<System> {
                return std::make_unique<DemmSystem>(values_of(parameters), trace);
            },
            [](const PlatformParameters& parameters) -> std::unique_ptr<Lowering> {
                return std::make_unique<DemmLowering>(values_of(parameters));
            },
            [](const PlatformParameters& parameters) { return report_of(values_of(parameters)); },
            nullptr,
            {"engine.c", "engine.n"}};
}

}  // namespace nonzero::demm
