#include "tests/toy_machine/toy.h"

#include "models/gemm/activation_buffer.h"
#include "models/gemm/output_buffer.h"
#include "platforms/gemm_costs.h"
#include "platforms/kind.h"
#include "platforms/system.h"
#include "tests/toy_machine/multiplier_row.h"
#include "tests/toy_machine/sequencer.h"
#include "tests/toy_machine/toy_lowering.h"

namespace nonzero::toy {

namespace {

// Sequencer, activation buffer, multiplier row, output buffer, and the host side that every platform has.
class ToySystem : public System {
  public:
    ToySystem(const ToyParameters& parameters, const TraceOptions& trace_options)
        : System(parameters.clock_period_ps, trace_options),
          sequencer_("sequencer", parameters, clock(), statistics(), trace()),
          activation_buffer_("activation_buffer", statistics()),
          multiplier_row_("multiplier_row", parameters, clock(), statistics()),
          output_buffer_("output_buffer", statistics()) {
        sequencer_.activations.bind(activation_buffer_.load);
        sequencer_.tiles.bind(activation_buffer_.tiles);
        sequencer_.outputs.bind(output_buffer_.control);
        sequencer_.weights.bind(multiplier_row_.weights);
        sequencer_.jobs.bind(multiplier_row_.jobs);
        multiplier_row_.psums.bind(output_buffer_.psums);
        add_host_side(sequencer_, parameters.dma);
    }

  private:
    Sequencer sequencer_;
    gemm::ActivationBuffer activation_buffer_;
    MultiplierRow multiplier_row_;
    gemm::OutputBuffer output_buffer_;
};

PlatformReport report_of(const ToyParameters& values) {
    PlatformReport report;
    report.units = values.lanes;
    report.multipliers = values.lanes;
    report.cycles_by_cause = {
        {"busy", "multiplier_row.busy"}, {"fragment", "multiplier_row.fragment"}, {"drain", "sequencer.drain"}};
    report.traffic = gemm::gemm_traffic("sequencer");
    report.traffic.emplace_back("weight_words", "multiplier_row.weight_words");
    report.energy = gemm::gemm_energy(values.widths(), "sequencer");
    report.energy.insert(
        report.energy.end(),
        {{"multipliers", "multiplier_row.products", EnergyEvent::multiply, double(values.operand_bits)},
         // N - 1 in the tree, one behind it.
         {"adders", "multiplier_row.products", EnergyEvent::add, double(values.accumulator_bits)},
         {"weight_buffer", "multiplier_row.weight_words", EnergyEvent::sram, double(values.operand_bits),
          gemm::kWeightBufferBytes}});
    report.times_counted_set_up = false;
    report.structure = {{"multipliers", std::uint64_t(values.lanes)}};
    return report;
}

}  // namespace

PlatformKind toy_platform() {
    return make_kind<ToySystem, ToyLowering>("toy",
                                             "Toy: a row of N multipliers under a tree of adders, dense operands",
                                             ToyParameters(), report_of, {"engine.lanes"});
}

}  // namespace nonzero::toy
