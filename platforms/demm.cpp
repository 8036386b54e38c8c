#include "platforms/demm.h"

#include "lowering/demm_lowering.h"
#include "models/demm/messages.h"
#include "models/demm/multiply_add_array.h"
#include "models/demm/row_streamer.h"
#include "models/demm/sequencer.h"
#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "models/memory/multi_port_memory.h"
#include "platforms/gemm_costs.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::demm {

namespace {

// The DeMM machine: sequencer, activation buffer, memory with N read ports, row streamer, multiply-add array, output
// buffer, and the host side that every platform has.
class DemmSystem : public System {
  public:
    DemmSystem(const DemmParameters& parameters, const TraceOptions& trace);

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    MultiPortMemory memory_;
    RowStreamer row_streamer_;
    MultiplyAddArray array_;
    gemm::OutputBuffer output_buffer_;
};

DemmSystem::DemmSystem(const DemmParameters& parameters, const TraceOptions& trace_options)
    : System(parameters.clock_period_ps, trace_options),
      sequencer_("sequencer", parameters, clock(), statistics(), trace()),
      activation_buffer_("activation_buffer", statistics()),
      memory_("memory", parameters.memory(), clock(), statistics()),
      row_streamer_("row_streamer", parameters, statistics()),
      array_("array", parameters, statistics(), trace()),
      output_buffer_("output_buffer", statistics()) {
    sequencer_.activations.bind(activation_buffer_.load);
    sequencer_.tiles.bind(activation_buffer_.tiles);
    sequencer_.outputs.bind(output_buffer_.control);
    sequencer_.weights.bind(row_streamer_.weights);
    sequencer_.jobs.bind(row_streamer_.jobs);
    sequencer_.preload.bind(memory_.write);
    row_streamer_.rows.bind(array_.rows);
    for (std::size_t port = 0; port < array_.read.size(); ++port) {
        array_.read[port].bind(memory_.read[port]);
    }
    array_.psums.bind(output_buffer_.psums);
    add_host_side(sequencer_, parameters.dma);
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
    // Every port reads whole rows, so each of its words is chosen among all rows.
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
