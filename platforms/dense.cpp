#include "platforms/dense.h"

#include "lowering/dense_lowering.h"
#include "models/dense/multiplier_array.h"
#include "models/dense/sequencer.h"
#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "platforms/gemm_costs.h"
#include "platforms/kind.h"
#include "platforms/system.h"

namespace nonzero::dense {

namespace {

// Sequencer, activation buffer, multiplier array, output buffer, and the host side that every platform has.
class DenseSystem : public System {
  public:
    DenseSystem(const DenseParameters& parameters, const TraceOptions& trace_options)
        : System(parameters.clock_period_ps, trace_options),
          sequencer_("sequencer", parameters, clock(), statistics(), trace()),
          activation_buffer_("activation_buffer", statistics()),
          multiplier_array_("multiplier_array", clock(), statistics()),
          output_buffer_("output_buffer", statistics()) {
        sequencer_.activations.bind(activation_buffer_.load);
        sequencer_.tiles.bind(activation_buffer_.tiles);
        sequencer_.outputs.bind(output_buffer_.control);
        sequencer_.weights.bind(multiplier_array_.weights);
        sequencer_.operand_tiles.bind(multiplier_array_.tiles);
        sequencer_.jobs.bind(multiplier_array_.jobs);
        multiplier_array_.psums.bind(output_buffer_.psums);
        add_host_side(sequencer_, parameters.dma);
    }

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    MultiplierArray multiplier_array_;
    gemm::OutputBuffer output_buffer_;
};

PlatformReport report_of(const DenseParameters& values) {
    PlatformReport report;
    report.units = values.multipliers();
    report.multipliers = values.multipliers();
    report.cycles_by_cause = {{"busy", "multiplier_array.busy"},
                              {"fragment", "multiplier_array.fragment"},
                              {"idle", "multiplier_array.idle"}};
    report.traffic = gemm::gemm_traffic("sequencer");
    report.traffic.emplace_back("weight_words", "multiplier_array.weight_words");
    report.energy = gemm::gemm_energy(values.widths(), "sequencer");
    report.energy.insert(
        report.energy.end(),
        {{"multipliers", "multiplier_array.products", EnergyEvent::multiply, double(values.operand_bits)},
         {"adders", "multiplier_array.products", EnergyEvent::add, double(values.accumulator_bits)},
         {"weight_buffer", "multiplier_array.weight_words", EnergyEvent::sram, double(values.operand_bits),
          gemm::kWeightBufferBytes}});
    report.times_counted_set_up = false;
    report.structure = {{"multipliers", std::uint64_t(values.multipliers())}};
    return report;
}

}  // namespace

std::vector<PlatformKind> dense_platforms() {
    DenseParameters lanes;
    lanes.dataflow = Dataflow::lanes;
    return {make_kind<DenseSystem, DenseLowering>(
                "dense", "Dense: an ideal machine whose multipliers are never idle, beside Phantom-2D",
                DenseParameters(), report_of, {"engine.multipliers"}),
            make_kind<DenseSystem, DenseLowering>(
                "neuromax", "NeuroMAX-like: dense, lanes of nine threads for filters and rows, beside Phantom-2D",
                lanes, report_of, {"lanes.rows", "lanes.filters"})};
}

}  // namespace nonzero::dense
