#include "platforms/demm/demm_platform.h"

#include "models/demm/messages.h"
#include "platforms/demm/demm_lowering.h"
#include "platforms/demm/demm_system.h"
#include "platforms/gemm/gemm_costs.h"
#include "platforms/kind.h"

namespace nonzero::demm {

namespace {

PlatformReport report_of(const DemmParameters& values) {
    PlatformReport report;
    report.units = values.multipliers();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "array.busy"},
                              {"column_fragment", "array.column_fragment"},
                              {"port_idle", "array.port_idle"},
                              {"preload", "sequencer.preload"},
                              {"drain", "sequencer.drain"}};
    report.traffic = gemm::gemm_traffic("sequencer");
    report.traffic.insert(report.traffic.end(), {{"memory_row_reads", "memory.row_reads"},
                                                 {"memory_row_writes", "memory.row_writes"},
                                                 {"weight_stream_bytes", "row_streamer.entry_bytes"},
                                                 {"rows_beyond_k", "array.beyond_k"}});
    report.other_rules = {{"issue", "row_streamer.slots", 1, "issue slots alone: preload hidden at no cost, no drain"}};

    const double row_bits = double(values.c) * values.operand_bits;
    const double bank_bytes = double(values.m) * row_bits / 8;
    report.energy = gemm::gemm_energy(values.widths(), "sequencer");
    report.energy.insert(
        report.energy.end(),
        {{"multipliers", "array.products", EnergyEvent::multiply, double(values.operand_bits)},
         // A tree of N inputs adds N - 1 times, the accumulator behind it once more.
         {"adders", "array.products", EnergyEvent::add, double(values.accumulator_bits)},
         {"memory", "memory.row_reads", EnergyEvent::sram, row_bits, bank_bytes},
         {"memory", "memory.row_writes", EnergyEvent::sram, row_bits, bank_bytes},
         {"weight_buffer", "row_streamer.entry_bytes", EnergyEvent::sram, 8, gemm::kWeightBufferBytes}});
    report.times_counted_set_up = false;
    // Every port reads whole rows, so each of its words is chosen among all rows (card 6, V13).
    const std::uint64_t words = std::uint64_t(values.m) * std::uint64_t(values.c);
    const auto ports = std::uint64_t(values.n);
    report.structure = {{"memory_words", words * std::uint64_t(values.banks())},
                        {"memory_read_ports", ports},
                        {"memory_words_x_read_ports", words * std::uint64_t(values.banks()) * ports},
                        {"read_multiplexer_inputs", words * ports}};
    return report;
}

}  // namespace

PlatformKind demm_platform() {
    return make_kind<DemmSystem, DemmLowering>(
        "demm", "DeMM (CAL 2024): a memory of N read ports feeds N x C multiply-add units, relaxed N:M sparse weights",
        DemmParameters(), report_of, {"engine.c", "engine.n"});
}

}  // namespace nonzero::demm
